"""Keys of the store: a folder, two pairs of the digest's digits, and the digest as a name."""

import re

FOLDER, DERIVED = "originals", "masters"

_KEY = re.compile(
    rf"(?:{FOLDER}|{DERIVED})/([0-9a-f]{{2}})/([0-9a-f]{{2}})/"
    r"\1\2[0-9a-f]{60}(?:-[a-z0-9]{1,16})?\.[a-z0-9]{1,8}"
)


def is_key(text: str) -> bool:
    """Return whether a text can be a key of the store; none leads out of its folders."""
    return _KEY.fullmatch(text) is not None
