"""`easel serve` as people start it: a process of its own, that prints a link."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LINK = re.compile(r"(http://\S+?)/welcome\?token=\S+")


@dataclass(frozen=True)
class Served:
    """Where it is, and the link that signs its owner in."""

    address: str
    link: str


@contextmanager
def easel_served(folder: Path) -> Iterator[Served]:
    """Run `easel serve` on a free port until the block ends."""
    ours = {"EASEL_DATA_DIR": str(folder), "EASEL_PORT": "0"}
    surroundings = {name: text for name, text in os.environ.items() if name[:6] != "EASEL_"}
    with subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", "serve"],
        env=surroundings | ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield _greeting(process)
        finally:
            process.terminate()


def _greeting(process: subprocess.Popen[str]) -> Served:
    assert process.stdout is not None
    for line in process.stdout:
        if found := LINK.search(line):
            return Served(found[1], found[0])
    msg = "easel serve has ended without a greeting"
    raise RuntimeError(msg)
