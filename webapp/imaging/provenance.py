"""The AI label: IPTC's DigitalSourceType, the one piece of metadata that stays in a rendition."""

import re

from PIL import Image

from webapp.imaging.gif_label import packet_of

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
AI_GENERATED = "trainedAlgorithmicMedia"
"""The term for a picture that a model made."""

_TERM = re.compile(r"[A-Za-z]{1,64}")

# As an attribute, as an element's text and as an rdf:resource. No XML parser reads what a
# stranger sent: there is one short property to find, and no entity to expand.
_PROPERTY = re.compile(
    rb"DigitalSourceType\b[^<]{0,200}?https?://cv\.iptc\.org/newscodes/digitalsourcetype/"
    rb"([A-Za-z]{1,64})\b"
)

_PACKET = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\
<x:xmpmeta xmlns:x="adobe:ns:meta/">\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" \
Iptc4xmpExt:DigitalSourceType="{source_type}"/>\
</rdf:RDF></x:xmpmeta>\
<?xpacket end="r"?>"""


def digital_source_type(xmp: bytes) -> str | None:
    """Return the IPTC term in an XMP packet, such as `trainedAlgorithmicMedia`, or None."""
    # Packets in UTF-16 and UTF-32 are ASCII with zero bytes between, as far as this property goes.
    found = _PROPERTY.search(xmp.replace(b"\0", b""))
    return found[1].decode() if found else None


def xmp_packet(source_type: str) -> bytes:
    """Return a minimal XMP packet that holds the IPTC term and nothing else, in UTF-8.

    Raises ValueError for what is no term.
    """
    if not _TERM.fullmatch(source_type):
        message = f"{source_type!r} is no term of {VOCABULARY}"
        raise ValueError(message)
    return _PACKET.format(source_type=VOCABULARY + source_type).encode()


def label_of(image: Image.Image) -> bytes | None:
    """Return the XMP packet that renditions of an opened picture carry, None without a label."""
    xmp: str | bytes = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if image.format == "GIF":
        xmp = packet_of(image)
    source_type = digital_source_type(xmp.encode() if isinstance(xmp, str) else bytes(xmp))
    return xmp_packet(source_type) if source_type else None
