"""Measurements: scripts that print ratios of one run, since single times say little."""
