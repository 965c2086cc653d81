"""Weigh an Easel that nobody uses, and time how soon it answers.

    python -m bench.idle

Prints the time from the command to the first answer, on an installed machine and a used data
directory, then memory and processor time over twenty idle seconds.
"""

import tempfile
import time
from pathlib import Path

from bench.serving import serving

STARTS = 3
SECONDS = 20


def main() -> None:
    """Start a few times, then watch the last one do nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(STARTS):
            with serving(Path(folder)) as easel:
                print(f"start {number + 1}: first answer after {easel.seconds:.2f} s")
                if number < STARTS - 1:
                    continue
                time.sleep(3)
                before = easel.cpu_seconds()
                time.sleep(SECONDS)
                share = (easel.cpu_seconds() - before) / SECONDS
                print(f"idle: {easel.status('VmRSS') / 1024:.0f} MB resident, "
                      f"{100 * share:.2f} % of a core over {SECONDS} s")  # fmt: skip


if __name__ == "__main__":
    main()
