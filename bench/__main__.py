"""Run every measurement: `python -m bench`, or some: `python -m bench gallery serve`."""

import runpy
import sys
from pathlib import Path

HELPERS = {"pictures", "serving", "target"}
NAMES = sorted(
    path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem not in HELPERS
)

for name in sys.argv[1:] or NAMES:
    print(f"\n== {name} ==", flush=True)
    sys.argv = [name]
    runpy.run_module(f"bench.{name}", run_name="__main__")
