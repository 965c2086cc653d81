"""Take-outs: all that a person has in Easel as plain files, written and read back."""
