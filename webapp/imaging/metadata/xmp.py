"""XMP: the AI label, the prompt as a description, and Easel's recipe where there is no other place.

Packets are RDF as XMP part 1 (ISO 16684-1) has it. What others put into one stays.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from webapp.imaging.provenance import VOCABULARY

_X, _RDF = "adobe:ns:meta/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC, _XMP = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_EASEL = "urn:easel:recipe:1/"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_NOTE = "http://ns.adobe.com/xmp/note/"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# ElementTree keeps prefixes for the whole process. Some readers go by them instead of the names.
_PREFIXES = {
    "x": _X,
    "rdf": _RDF,
    "dc": _DC,
    "xmp": _XMP,
    "Iptc4xmpExt": _IPTC,
    "easel": _EASEL,
    "tiff": _TIFF,
    "xmpNote": _NOTE,
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
for _prefix, _name in _PREFIXES.items():
    ET.register_namespace(_prefix, _name)

_SOURCE_TYPE, _TOOL = f"{{{_IPTC}}}DigitalSourceType", f"{{{_XMP}}}CreatorTool"
_DESCRIPTION, _RECIPE = f"{{{_DC}}}description", f"{{{_EASEL}}}Recipe"
# With the packet's continuation, which is not kept, goes the pointer to it.
_STALE = (_SOURCE_TYPE, _TOOL, _DESCRIPTION, _RECIPE, f"{{{_NOTE}}}HasExtendedXMP")
_ABOUT, _ORIENTATION = f"{{{_RDF}}}about", f"{{{_TIFF}}}Orientation"

_LONGEST = 1 << 18
_TERM = re.compile(r"[A-Za-z]{1,64}")
_OPENING = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_CLOSING = '<?xpacket end="w"?>'


class _PlainTree(ET.TreeBuilder):
    """Refuses a document type: entities are declared there, and nothing else that XMP needs."""

    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        message = f"an XMP packet has no document type: {name[:40]!r}"
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Statement:
    """What Easel has to say in XMP; `recipe` is JSON, empty where it stands elsewhere."""

    source_type: str
    description: str = ""
    recipe: str = ""
    orientation: int = 1


def packet(statement: Statement, existing: bytes = b"") -> bytes:
    """Return an XMP packet with a statement, and with what else an existing one says.

    Raises ValueError where the source type is no term of IPTC's vocabulary.
    """
    if not _TERM.fullmatch(statement.source_type):
        message = f"{statement.source_type!r} is no term of {VOCABULARY}"
        raise ValueError(message)
    with suppress(RecursionError, ValueError):  # nested deeper than anything can be written
        if (tree := _parsed(existing)) is not None:
            return _with(tree, statement)
    return _with(_empty(statement.orientation), statement)


def recipe_in(existing: bytes) -> str:
    """Return Easel's recipe in an XMP packet, as JSON; empty where there is none."""
    tree = _parsed(existing) if b"urn:easel:" in existing else None
    for subject in _subjects(tree) if tree is not None else []:
        if found := subject.get(_RECIPE) or subject.findtext(_RECIPE):
            return found
    return ""


def _parsed(existing: bytes) -> ET.Element | None:
    if not existing or len(existing) > _LONGEST:
        return None
    parser = ET.XMLParser(target=_PlainTree())  # noqa: S314  # refuses entities, see above
    try:
        parser.feed(existing.strip(b"\0 \t\r\n"))
        tree = parser.close()
    except (ET.ParseError, ValueError, LookupError):
        return None
    return tree if _rdf(tree) is not None else None


def _rdf(tree: ET.Element) -> ET.Element | None:
    name = f"{{{_RDF}}}RDF"
    return tree if tree.tag == name else tree.find(name)


def _subjects(tree: ET.Element) -> list[ET.Element]:
    rdf = _rdf(tree)
    return [] if rdf is None else rdf.findall(f"{{{_RDF}}}Description")


def _empty(orientation: int) -> ET.Element:
    tree = ET.Element(f"{{{_X}}}xmpmeta")
    rdf = ET.SubElement(tree, f"{{{_RDF}}}RDF")
    if orientation != 1:
        said = {_ABOUT: "", _ORIENTATION: str(orientation)}
        ET.SubElement(rdf, f"{{{_RDF}}}Description", said)
    return tree


def _with(tree: ET.Element, statement: Statement) -> bytes:
    rdf = _rdf(tree)
    if rdf is None:
        message = "there is no RDF in this tree"
        raise ValueError(message)
    for subject in _subjects(tree):
        _clear(subject)
        if not len(subject) and subject.attrib.keys() <= {_ABOUT}:
            rdf.remove(subject)
    rdf.insert(0, _subject(statement))
    body = ET.tostring(tree, encoding="unicode")
    return f"{_OPENING}{body}{_CLOSING}".encode()


def _clear(subject: ET.Element) -> None:
    for name in _STALE:
        subject.attrib.pop(name, None)
        for child in subject.findall(name):
            subject.remove(child)


def _subject(statement: Statement) -> ET.Element:
    subject = ET.Element(f"{{{_RDF}}}Description", {_ABOUT: ""})
    subject.set(_SOURCE_TYPE, VOCABULARY + statement.source_type)
    subject.set(_TOOL, "Easel")
    if statement.description:
        languages = ET.SubElement(ET.SubElement(subject, _DESCRIPTION), f"{{{_RDF}}}Alt")
        text = ET.SubElement(languages, f"{{{_RDF}}}li", {_LANGUAGE: "x-default"})
        text.text = statement.description
    if statement.recipe:
        ET.SubElement(subject, _RECIPE).text = statement.recipe
    return subject
