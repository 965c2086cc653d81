import pytest

from webapp.imaging.provenance import AI_GENERATED, digital_source_type, xmp_packet

URL = "http://cv.iptc.org/newscodes/digitalsourcetype/"

PACKETS = [
    f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{URL}trainedAlgorithmicMedia"/>',
    f"<rdf:Description x:DigitalSourceType='{URL}trainedAlgorithmicMedia' other='1'/>",
    f"<a:DigitalSourceType>{URL}trainedAlgorithmicMedia</a:DigitalSourceType>",
    f"<a:DigitalSourceType>\n   {URL}trainedAlgorithmicMedia\n</a:DigitalSourceType>",
    f'<a:DigitalSourceType rdf:resource="{URL}trainedAlgorithmicMedia"/>',
    f'<a:DigitalSourceType = "{URL.replace("http:", "https:")}trainedAlgorithmicMedia"/>',
]
UNLABELLED = [
    "",
    "<x:xmpmeta/>",
    "<a:DigitalSourceType></a:DigitalSourceType>",
    '<a:DigitalSourceType="http://example.com/trainedAlgorithmicMedia"/>',
    f'<a:DigitalSourceType="{URL}"/>',
    f'<a:DigitalSourceType="{URL}<script>"/>',
    f'<dc:source="{URL}trainedAlgorithmicMedia"/>',
]


@pytest.mark.parametrize("packet", PACKETS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_the_label_is_found_however_it_is_written(packet, encoding):
    assert digital_source_type(packet.encode(encoding)) == "trainedAlgorithmicMedia"


@pytest.mark.parametrize("packet", UNLABELLED)
def test_there_is_no_label_where_there_is_none(packet):
    assert digital_source_type(packet.encode()) is None


def test_a_packet_holds_its_label_and_no_more():
    packet = xmp_packet(AI_GENERATED)
    assert digital_source_type(packet) == AI_GENERATED
    assert len(packet) < 600


@pytest.mark.parametrize("term", ["", 'a"/><script>', "two words", "ä", "a" * 65])
def test_what_is_no_term_is_never_written(term):
    with pytest.raises(ValueError, match="is no term"):
        xmp_packet(term)


def test_a_hostile_packet_takes_no_time():
    assert digital_source_type(b"DigitalSourceType" * 60_000) is None
