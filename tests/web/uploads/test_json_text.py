import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.errors import EaselError, InvalidError, TooLargeError
from webapp.web.uploads import source
from webapp.web.uploads.json_text import JsonText


def read(body: bytes) -> tuple[dict[str, Any], bytes]:
    sink = io.BytesIO()
    return JsonText(io.BytesIO(body), "image", sink).read(), sink.getvalue()


@pytest.fixture(autouse=True, params=[3, 64 * 1024], ids=["small pieces", "pieces"])
def _pieces(request, monkeypatch):
    monkeypatch.setattr(source, "PIECE", request.param)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ASCII = st.text(st.characters(max_codepoint=127, exclude_characters='"\\', min_codepoint=32))


@given(st.dictionaries(st.text().filter(lambda name: name != "image"), VALUES, max_size=4), ASCII)
def test_it_reads_what_the_standard_library_reads(values, text):
    for indent, pure in ((None, True), (2, False)):
        body = json.dumps(values | {"image": text}, indent=indent, ensure_ascii=pure)
        assert read(body.encode()) == (json.loads(json.dumps(values)), text.encode())


@given(st.text(max_size=40) | st.text('{}[]":,\\image', max_size=30))
@example('{"image":""}')
@example('{"image":null}')
@example('{"image":{}}')
def test_it_refuses_whatever_the_standard_library_refuses(text):
    try:
        expected = json.loads(text, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        expected = None
    if isinstance(expected, dict) and "image" not in expected:
        assert read(text.encode()) == (expected, b"")
    elif isinstance(expected, dict) and isinstance(expected["image"], str | None):
        pass  # a picture, or none: what becomes of these is shown below
    else:
        with pytest.raises(EaselError):
            read(text.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rb"a\/b", b"a/b"),
        (rb"a\u002bb", b"a+b"),
        (rb"a\r\nb", b"a\r\nb"),
        (rb"\u0061\n\/" * 30, b"a\n/" * 30),
        (b"a\nb", b"a\nb"),
        (b"", b""),
    ],
)
def test_escapes_in_the_picture_are_resolved(written, text):
    assert read(b'{"image": "' + written + b'", "a": 1}') == ({"a": 1}, text)


def test_a_key_may_be_written_in_escapes():
    assert read(rb'{"im\u0061ge": "QUJD"}') == ({}, b"QUJD")


def test_only_the_outermost_field_is_the_picture():
    body = b'{"a": {"image": "x"}, "b": ["image", "y"], "c": "image"}'
    assert read(body) == (json.loads(body), b"")


def test_a_picture_that_is_null_is_none():
    assert read(b'{"image": null, "url": "u"}') == ({"url": "u"}, b"")


@pytest.mark.parametrize(
    "value",
    [
        *(b"5", b"true", b"[]", b'["QUJD"]', b'{"a": "b"}'),
        *(rb'"\ud800"', rb'"\u00e9"', rb'"\\"', rb'"\u00"', rb'"\x"', rb'"\"', rb'"\"QUJD"'),
    ],
)
def test_a_picture_that_is_no_text_is_refused(value):
    with pytest.raises(InvalidError) as refused:
        JsonText(io.BytesIO(b'{"image": ' + value + b"}"), "image", _Refusing()).read()
    assert refused.value.fields == {"image": ["invalid_image"]}


def cost(work: Callable[[], object]) -> float:
    """Return how long the processor works on something."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


@pytest.mark.parametrize("escape", [rb"\n", rb"\/", rb"\u002b"])
def test_escapes_cost_little(escape):
    count = (8_000_000 if source.PIECE > 1000 else 80_000) // len(escape)
    body = b'{"image": "' + escape * count + b'"}'
    assert len(read(body)[1]) == count
    if source.PIECE < 1000:
        return  # nobody sends three bytes at a time
    # Measured by a loop over the body's letters, as fast or as slow as this machine is just now.
    steps = cost(lambda: sum(1 for _ in body))
    assert min(cost(lambda: read(body)) for _ in range(2)) < 3 * steps


class _Refusing:
    def write(self, text: bytes) -> None:
        assert text.isascii()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"a": NaN}',
        b'{"image": "QUJD"',
        b'{"image": "QUJD',
        b'{"image": "QUJD"}}',
        b'{"image": "QUJD", }',
        b'{"image": "a", "image": "b"}',
        b'{"image": 5 "QUJD"}',
        b'["image", "QUJD"]',
        b'"image"',
        b'\xff{"a": 1}',
        b'{"a": "\0"}',
        b"\0{}",
        b'{"a": "\\',
    ],
)
def test_what_is_no_object_is_refused(body):
    with pytest.raises(InvalidError) as refused:
        read(body)
    assert refused.value.code == "invalid_json"


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"a": "' + b"x" * 200_000 + b'"}', b'{"a' + b"x" * 200_000]
)
def test_other_values_have_a_limit(body):
    with pytest.raises(TooLargeError):
        read(body)
