import base64
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image as PillowImage

from tests.providers.contract import asked, failure, ignore, never, shape
from tests.providers.loopback import serving
from tests.providers.openai.studio import COLOUR, KEY, answer, drawn, form, provider, script
from webapp.providers.base import Reference
from webapp.providers.openai.mask import SIGNATURE, _chunk
from webapp.providers.plain import png

FLARE = "gpt-image-2.5-flare"


@pytest.fixture
def server():
    with serving(script) as running:
        yield running


def make(maker, **changes):
    return maker.generate(asked(maker, **changes), ignore, never)


def reference(width=60, height=40):
    return Reference(png(width, height, COLOUR), "image/png", width, height)


def grey_mask(width, height, **saving):
    image = PillowImage.new("L", (width, height), 0)
    for across in range(width // 2):
        for down in range(height):
            image.putpixel((across, down), (across * 7 + down * 3) % 256)
    image.paste(255, (width // 2, 0, width, height))
    out = BytesIO()
    image.save(out, "PNG", **saving)
    return image, out.getvalue()


def test_a_picture_is_asked_for_as_json_with_the_key_in_its_header(server):
    maker = provider(server.url)
    make(maker, aspect_ratio="3:2", size="1024", key="job-7")
    (call,) = server.calls
    assert (call.method, call.path) == ("POST", "/v1/images/generations")
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.headers["idempotency-key"] == "job-7"
    assert call.json == {
        "prompt": "a lake at dawn",
        "size": "1248x832",
        "response_format": "b64_json",
        "n": 1,
    }


def test_a_model_of_openai_is_named_and_not_told_how_to_answer(server):
    maker = provider(server.url, models={FLARE: {}})
    request = asked(maker, model=FLARE, size="1K", parameters={"quality": "low", "steps": "7"})
    maker.generate(request, ignore, never)
    assert server.calls[0].json == {
        "prompt": "a lake at dawn",
        "size": "1024x1024",
        "model": FLARE,
        "quality": "low",
        "n": 1,
    }


def test_a_setting_that_a_model_does_not_have_is_refused_before_it_is_asked(server):
    maker = provider(server.url, models={FLARE: {}})
    wrong = asked(maker, model=FLARE, size="1K", parameters={"quality": "splendid"})
    assert failure(maker, wrong).kind == "invalid"
    assert server.calls == []


def test_without_a_key_no_key_is_sent(server):
    make(provider(server.url, api_key=""))
    assert "authorization" not in server.calls[0].headers


def test_references_go_out_as_a_form(server):
    maker = provider(server.url)
    jpeg = Reference(b"\xff\xd8\xff and so on", "image/jpeg", 8, 8)
    make(maker, references=(reference(), jpeg))
    (call,) = server.calls
    assert call.path == "/v1/images/edits"
    files = [part for part in form(call) if part.filename]
    assert [(part.name, part.filename, part.mime) for part in files] == [
        ("image[]", "1.png", "image/png"),
        ("image[]", "2.jpg", "image/jpeg"),
    ]
    assert files[0].data == reference().data
    fields = {part.name: part.data for part in form(call) if not part.filename}
    assert fields["prompt"] == b"a lake at dawn"
    assert fields["size"] == b"1024x1024"


def test_more_references_than_a_model_takes_are_refused(server):
    maker = provider(server.url)
    many = (reference(),) * 17
    assert failure(maker, asked(maker, references=many)).kind == "invalid"


@pytest.mark.parametrize("size", [(1, 1), (60, 40), (257, 129)])
@pytest.mark.parametrize("saving", [{}, {"compress_level": 0}, {"optimize": True}])
def test_a_mask_is_transparent_where_it_was_white_and_keeps_its_brightness(server, size, saving):
    drawn_mask, data = grey_mask(*size, **saving)
    make(provider(server.url), references=(reference(*size),), mask=data)
    (sent,) = [part for part in form(server.calls[0]) if part.name == "mask"]
    with PillowImage.open(BytesIO(sent.data)) as mask:
        assert (mask.mode, mask.size) == ("RGBA", size)
        red, green, blue, alpha = mask.split()
        expected = drawn_mask.tobytes()
        assert red.tobytes() == green.tobytes() == blue.tobytes() == expected
        assert alpha.tobytes() == bytes(255 - value for value in expected)


def filtered_png(kind):
    """Return an 8-bit grey PNG, each row written with one of the five filters."""
    rows = [bytes((x * x + 31 * y) % 256 for x in range(16)) for y in range(9)]
    above, packed = bytes(16), b""
    for row in rows:
        line = bytearray([kind])
        for at, value in enumerate(row):
            left, corner = (row[at - 1], above[at - 1]) if at else (0, 0)
            up = above[at]
            aim = left + up - corner
            near = ((abs(aim - it), order, it) for order, it in enumerate((left, up, corner)))
            nearest = min(near)[2]
            guesses = (0, left, up, (left + up) // 2, nearest)
            line.append((value - guesses[kind]) % 256)
        packed, above = packed + bytes(line), row
    header = struct.pack(">IIBBBBB", 16, 9, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(packed)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


@pytest.mark.parametrize("kind", range(5))
def test_a_mask_is_read_whichever_way_its_rows_were_filtered(server, kind):
    data = filtered_png(kind)
    with PillowImage.open(BytesIO(data)) as image:
        expected = image.tobytes()
    make(provider(server.url), references=(reference(),), mask=data)
    (sent,) = [part for part in form(server.calls[0]) if part.name == "mask"]
    with PillowImage.open(BytesIO(sent.data)) as mask:
        assert mask.getchannel("R").tobytes() == expected


@pytest.mark.parametrize(
    "mask",
    [b"", b"GIF89a", grey_mask(9, 9)[1][:60], png(8, 8, COLOUR), filtered_png(0)[:-40]],
    ids=["empty", "gif", "cut", "colours", "no data"],
)
def test_a_mask_that_is_none_is_refused_before_anybody_is_asked(server, mask):
    maker = provider(server.url)
    assert failure(maker, asked(maker, references=(reference(),), mask=mask)).kind == "invalid"
    assert server.calls == []


def test_an_address_on_the_same_server_is_fetched_without_the_key():
    def named(exchange):
        if exchange.call.method == "GET":
            exchange.reply(200, drawn("512x512"))
        else:
            url = f"http://{exchange.call.headers['host']}/generated-images/a.png"
            exchange.json({"created": 1, "data": [{"embedding": None, "url": url}]})

    with serving(named) as server:
        assert shape(make(provider(server.url)).data) == (512, 512)
        assert server.calls[1].path == "/generated-images/a.png"
        assert "authorization" not in server.calls[1].headers


@pytest.mark.parametrize("url", ["/files/a.png", "files/a.png"])
def test_an_address_without_a_host_is_of_the_same_server(url):
    def named(exchange):
        if exchange.call.method == "GET":
            exchange.reply(200, drawn("512x512"))
        else:
            exchange.json({"data": [{"url": url}]})

    with serving(named) as server:
        assert make(provider(server.url)).data == drawn("512x512")


@pytest.mark.parametrize("field", ["url", "b64_json"])
def test_a_picture_inside_of_an_address_is_taken_from_there(field):
    url = "data:image/png;base64," + base64.b64encode(drawn("64x64")).decode()
    with serving(lambda it: it.json({"data": [{field: url}]})) as server:
        assert make(provider(server.url)).data == drawn("64x64")


def test_a_prompt_that_was_rewritten_is_told_without_the_key():
    said = answer("64x64")
    said["data"][0]["revised_prompt"] = f"A lake, {KEY} at dawn"
    with serving(lambda it: it.json(said)) as server:
        text = make(provider(server.url)).text
    assert text.startswith("A lake, ")
    assert text.endswith(" at dawn")
    assert KEY[:8] not in text
