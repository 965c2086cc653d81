"""Upkeep: look whether all is as it should be, clear away, copy everything, bring it back."""
