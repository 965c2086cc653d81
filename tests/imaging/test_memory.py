import subprocess
import sys

import pytest

from webapp.imaging.memory import give_large_blocks_back

GROWTH = """
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from PIL import Image
from webapp.imaging.intake import take_in
from webapp.imaging.memory import give_large_blocks_back

def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if "VmRSS" in line)

if sys.argv[1] == "yes":
    give_large_blocks_back()
picture = Image.linear_gradient("L").resize((5000, 4000)).convert("RGB")
buffer = BytesIO()
picture.save(buffer, "WEBP", quality=50, method=0)
del picture
with ThreadPoolExecutor(2) as pool:
    before = resident()
    list(pool.map(take_in, [buffer.getvalue()] * 4))
    print(resident() - before)
"""


@pytest.mark.skipif(not give_large_blocks_back(), reason="only glibc can be told so")
def test_a_large_picture_leaves_little_behind():
    grown = [
        int(subprocess.check_output([sys.executable, "-c", GROWTH, told])) for told in ("no", "yes")
    ]
    assert grown[1] < 20_000 < grown[0] / 2
