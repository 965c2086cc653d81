"""What is written in a picture beside its pixels, wherever its format keeps such things."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from webapp.imaging.metadata.exif import USER_COMMENT, orientation, text_tags

# Pillow turns pictures by this too, where EXIF says nothing.
_IN_XMP = re.compile(rb"tiff:Orientation(?:=\"|>)([1-8])")


@dataclass(frozen=True)
class Notes:
    """A PNG's texts by keyword, an EXIF block that begins with its TIFF header, an XMP packet."""

    texts: Mapping[str, str] = field(default_factory=dict)
    exif: bytes = b""
    xmp: bytes = b""

    @cached_property
    def tags(self) -> Mapping[int, str]:
        """Those EXIF tags that hold text, by number."""
        return text_tags(self.exif)

    @property
    def parameters(self) -> str:
        """The text in which A1111, and who follows it, keeps all there is to say."""
        return self.texts.get("parameters", "") or self.tags.get(USER_COMMENT, "")

    @property
    def orientation(self) -> int:
        """How the picture is to be turned, 1 to 8 as in EXIF; 1 where nothing is said."""
        if said := orientation(self.exif):
            return said
        in_xmp = _IN_XMP.search(self.xmp)
        return int(in_xmp[1]) if in_xmp else 1
