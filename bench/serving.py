"""A running Easel, started the way people start it, for measurements."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

READY = re.compile(r"ready at http://([\d.]+):(\d+)")
LINK = re.compile(r"http://\S+/welcome\?token=\S+")


@dataclass(frozen=True)
class Running:
    """A serving process, its address, the printed sign-in link, and how long it took to answer."""

    process: subprocess.Popen[str]
    address: str
    link: str
    seconds: float

    def status(self, name: str) -> int:
        """Return a number in kB from the kernel's status of the process, e.g. VmRSS."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
        return int(found[1]) if found else 0

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Running]:
    """Run `easel serve` on a free port until the block ends."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", "serve"],
        env=os.environ | {"EASEL_DATA_DIR": str(folder), "EASEL_PORT": "0"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield _answering(process, started)
    finally:
        process.terminate()
        process.wait(30)


def _answering(process: subprocess.Popen[str], started: float) -> Running:
    printed = ""
    assert process.stdout is not None
    while not (found := LINK.search(printed)):
        line = process.stdout.readline()
        if not line:
            raise SystemExit("easel serve has ended: " + printed)
        printed += line
    ready = READY.search(printed)
    assert ready is not None
    connection = HTTPConnection(ready[1], int(ready[2]), timeout=10)
    connection.request("GET", "/login")
    connection.getresponse().read()
    seconds = time.perf_counter() - started
    return Running(process, f"http://{ready[1]}:{ready[2]}", found[0], seconds)
