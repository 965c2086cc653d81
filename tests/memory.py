"""How much memory this process had at most; for processes that tests start to measure something."""

import re
from pathlib import Path


def peak() -> int:
    """Return the most resident memory since the program began, in MiB, as Linux counts it.

    `getrusage` would count what the starting process had too: that survives `exec`.
    """
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) // 1024
