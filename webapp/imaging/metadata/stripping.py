"""Take out of a picture what is nobody else's business, and leave in it that AI made it."""

from webapp.imaging.metadata import jpeg, png, webp
from webapp.imaging.metadata.exif import turned_block
from webapp.imaging.metadata.reading import notes_of
from webapp.imaging.provenance import digital_source_type, xmp_packet


def strip(data: bytes) -> bytes:
    """Return a PNG, JPEG or WebP with its pixels, colours, orientation and AI label alone.

    Prompts, places, dates, names, small pictures, comments and signatures are gone: what is not
    known to be needed is not kept. The pixels are byte for byte the same. Other formats are
    returned as they are. Raises CorruptImageError for a file that is broken.
    """
    notes = notes_of(data)
    source_type = digital_source_type(notes.xmp)
    label = xmp_packet(source_type) if source_type else b""
    exif = turned_block(notes.orientation)
    if data.startswith(png.SIGNATURE):
        return png.bare(data, exif, label)
    if data.startswith(jpeg.SIGNATURE):
        return jpeg.bare(data, exif, label)
    return webp.bare(data, exif, label) if webp.is_webp(data) else data
