"""Real `easel` processes for tests: started with a clean environment, and gone afterwards."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

EASEL = (sys.executable, "-m", "webapp.cli")
ROOT = Path(__file__).parent.parent
PATIENCE = 120.0  # seconds; only what has failed takes as long


def environment(data: Path, **settings: str) -> dict[str, str]:
    """Return this environment with Easel's settings replaced."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("EASEL_")}
    return (
        kept | {"EASEL_DATA_DIR": str(data), "EASEL_PORT": "0", "PYTHONUNBUFFERED": "1"} | settings
    )


def run(
    data: Path, *arguments: str, command: Sequence[str] = EASEL, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*command, *arguments],
        env=environment(data, **settings),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@dataclass
class Server:
    """A running `easel serve`."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    address: str = ""
    link: str = ""

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and text of an address."""
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8", "replace")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(
    data: Path, *, command: Sequence[str] = EASEL, cwd: Path = ROOT, **settings: str
) -> Iterator[Server]:
    """Start `easel serve`, and wait until it is ready."""
    process = subprocess.Popen(
        [*command, "serve"],
        env=environment(data, **settings),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Server(process)
    reader = threading.Thread(target=_read, args=(server,), daemon=True)
    reader.start()
    try:
        wait_for(lambda: server.address or process.poll() is not None)
        assert server.address, "\n".join(server.lines)
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        reader.join(PATIENCE)
        assert process.stdout is not None
        process.stdout.close()


def _read(server: Server) -> None:
    assert server.process.stdout is not None
    for line in server.process.stdout:
        server.lines.append(line.rstrip())
        ready = re.match(r"Easel is ready at (\S+)", line)
        link = re.match(r"\s+(http\S+/welcome\?token=\S+)", line)
        server.address = ready[1] if ready else server.address
        server.link = link[1] if link else server.link


def wait_for(condition, seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
