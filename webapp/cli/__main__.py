"""`python -m webapp.cli` is `easel`."""

from webapp.cli import main

main()
