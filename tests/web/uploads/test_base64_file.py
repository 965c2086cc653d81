import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.errors import InvalidError
from webapp.web.uploads.base64_file import Base64File

DATA = bytes(range(256))
TEXT = base64.b64encode(DATA)


class Closed(io.BytesIO):
    """A file whose bytes can be seen when it is closed."""

    data = b""

    def close(self) -> None:
        self.data = self.getvalue()
        super().close()


def decoded(text: bytes, size: int = 7) -> bytes:
    file = Closed()
    decoder = Base64File(file)
    for start in range(0, len(text), size):
        decoder.write(text[start : start + size])
    decoder.close()
    assert file.closed
    return file.data


@given(st.binary(max_size=600), st.integers(1, 64), st.booleans())
def test_what_was_encoded_comes_out_however_it_is_cut(data, size, is_for_addresses):
    encode = base64.urlsafe_b64encode if is_for_addresses else base64.b64encode
    assert decoded(encode(data), size) == data


@pytest.mark.parametrize(
    "head",
    [
        b"data:image/png;base64,",
        b"DATA:IMAGE/PNG;BASE64,",
        b"data:image/svg+xml;base64,",
        b"data:image/png;charset=utf-8;base64,",
        b"data:application/octet-stream;base64,",
        b"data:;base64,",
        b"\n data:image/jpeg;base64, ",
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_data_uri_is_as_good_as_its_text(head, size):
    assert decoded(head + TEXT, size) == DATA


@pytest.mark.parametrize(
    "text",
    [
        base64.encodebytes(DATA),
        base64.encodebytes(DATA).replace(b"\n", b"\r\n\t "),
        TEXT.rstrip(b"="),
        base64.urlsafe_b64encode(DATA).rstrip(b"="),
    ],
    ids=["lines", "white space", "no padding", "for addresses"],
)
def test_common_ways_to_write_it_are_fine(text):
    assert decoded(text) == DATA


@given(st.binary(max_size=100), st.integers(1, 64))
def test_whatever_comes_is_decoded_or_refused_in_a_sentence(text, size):
    try:
        decoded(text, size)
    except InvalidError as error:
        refused = error
    else:
        return
    assert (refused.code, refused.fields) == ("invalid_image", {"image": ["invalid_image"]})


@pytest.mark.parametrize(
    "text",
    [
        b"A",
        b"AAAAA",
        b"AA=A",
        b"AAA=AAAA",
        b"AA===",
        b"AAA\0",
        b"\xff\xfe",
        "é".encode(),
        b"!!!!",
        b"AAAA%3D",
        b"data:text/html;base64,AAAA",
        b"data:image/png,AAAA",
        b"data:image/png;base64",
        b"data:",
        b"data:image/" + b"x" * 300 + b";base64,AAAA",
        b"data:image/png;base64,data:image/png;base64,AAAA",
        b"https://example.org/a.png",
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_everything_else_is_refused(text, size):
    with pytest.raises(InvalidError) as refused:
        decoded(text, size)
    assert refused.value.fields == {"image": ["invalid_image"]}
