import base64
import io
import re
from contextlib import contextmanager
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from webapp.errors import EaselError, InvalidError, TooLargeError
from webapp.web.uploads import forms, source
from webapp.web.uploads.base64_file import Base64File
from webapp.web.uploads.forms import FormReader


class Kept(io.BytesIO):
    """A file whose bytes can be seen when it is closed."""

    is_closed = False

    def close(self):
        """Keep them."""
        self.is_closed = True


class Files:
    def __init__(self):
        self.kept: list[tuple[str, str, Kept]] = []

    def file(self, field, name):
        self.kept.append((field, name, Kept()))
        return self.kept[-1][2]

    def text(self, field):
        return Base64File(self.file(field, ""))

    def all(self):
        assert all(file.is_closed for _, _, file in self.kept)
        return [(field, name, file.getvalue()) for field, name, file in self.kept]


ODD = (
    st.lists(st.sampled_from([b"\r", b"\n", b"-", b"--edge", b"e", b"\r\n--"]))
    .map(b"".join)
    .filter(len)
)
"""Bytes of which boundaries are made."""


@pytest.fixture(autouse=True, params=[37, 64 * 1024], ids=["small pieces", "pieces"])
def _pieces(request, monkeypatch):
    for module in (source, forms):
        monkeypatch.setattr(module, "PIECE", request.param)


@contextmanager
def reading():
    files = Files()
    form = FormReader(files, "image")
    yield form, files


def multipart(values, boundary="edge"):
    with reading() as (form, files):
        form.multipart(io.BytesIO(encode_multipart(values, boundary)[1]), boundary)
    return form.fields, files.all()


def urlencoded(body: bytes):
    with reading() as (form, files):
        form.urlencoded(io.BytesIO(body))
    return form.fields, files.all()


class TestMultipart:
    @given(
        st.lists(st.binary(min_size=1, max_size=99) | ODD, max_size=4),
        st.integers(1, 200),
        st.sampled_from(["edge", "--edge--", "-" * 40]),
    )
    def test_files_come_whole_wherever_the_body_is_cut(self, datas, size, boundary):
        delimiter = re.compile(b"[\r\n]--" + boundary.encode())
        assume(not any(delimiter.search(b"\n" + data) for data in datas))
        given = [("image", f"{number}.png", data) for number, data in enumerate(datas)]
        values = {"image": [FileStorage(io.BytesIO(data), name) for _, name, data in given]}
        body = encode_multipart(values, boundary)[1]
        with reading() as (form, files), pytest.MonkeyPatch.context() as patch:
            patch.setattr(forms, "PIECE", size)
            form.multipart(io.BytesIO(body), boundary)
        assert files.all() == given

    def test_files_may_be_in_any_field(self):
        values = {name: FileStorage(io.BytesIO(b"x"), "a.png") for name in ("mask", "image[]")}
        assert multipart(values)[1] == [("mask", "a.png", b"x"), ("image[]", "a.png", b"x")]

    def test_fields_are_texts_and_may_be_repeated(self):
        fields, files = multipart({"tag": ["a", "b"], "prompt": "ein Haus, \N{SNOWMAN}"})
        assert fields.getlist("tag") == ["a", "b"]
        assert fields["prompt"] == "ein Haus, \N{SNOWMAN}"
        assert files == []

    def test_a_picture_may_be_a_text(self):
        text = "data:image/png;base64," + base64.b64encode(bytes(range(200))).decode()
        fields, files = multipart({"image": text})
        assert files == [("image", "", bytes(range(200)))]
        assert not fields

    def test_a_field_in_which_nothing_was_chosen_is_no_file(self):
        body = (
            b'--edge\r\nContent-Disposition: form-data; name="image"; filename=""\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n\r\n"
            b'--edge\r\nContent-Disposition: form-data; name="image"\r\n\r\n\r\n--edge--\r\n'
        )
        with reading() as (form, files):
            form.multipart(io.BytesIO(body), "edge")
        assert files.all() == []

    def test_an_empty_file_is_one(self):
        assert multipart({"image": FileStorage(io.BytesIO(b""), "a.png")})[1] == [
            ("image", "a.png", b"")
        ]

    @pytest.mark.parametrize("cut", [1, 5, 20, 60, 100, 150])
    def test_a_form_that_was_cut_off_is_refused(self, cut):
        body = encode_multipart({"image": FileStorage(io.BytesIO(b"x" * 50), "a.png")}, "edge")[1]
        with reading() as (form, _), pytest.raises(InvalidError):
            form.multipart(io.BytesIO(body[: cut % (len(body) - 8)]), "edge")

    @given(st.binary(max_size=200))
    def test_bytes_that_are_no_form_are_refused(self, body):
        for text in (body, b"--edge\r\n" + body, b"--edge\r\nContent-Disposition: " + body):
            with reading() as (form, _), pytest.raises(EaselError):
                form.multipart(io.BytesIO(text), "edge")

    @pytest.mark.parametrize("boundary", ["", "\N{SNOWMAN}", "x" * 300, "a\nb"])
    def test_an_odd_boundary_is_refused(self, boundary):
        with reading() as (form, _), pytest.raises(InvalidError):
            form.multipart(io.BytesIO(b"x"), boundary)

    def test_what_has_no_end_is_not_collected(self):
        with reading() as (form, _), pytest.raises(InvalidError):
            form.multipart(io.BytesIO(b"\r\n" * 500_000), "edge")

    def test_fields_have_a_limit_together(self):
        with reading() as (form, _), pytest.raises(TooLargeError):
            form.multipart(
                io.BytesIO(encode_multipart({"a": "x" * 40_000, "b": "x" * 40_000}, "edge")[1]),
                "edge",
            )

    def test_there_are_not_too_many_parts(self):
        values = {"a": [str(number) for number in range(1100)]}
        with reading() as (form, _), pytest.raises(TooLargeError):
            form.multipart(io.BytesIO(encode_multipart(values, "edge")[1]), "edge")


class TestUrlencoded:
    @given(st.lists(st.tuples(st.text("abc&=%+ \N{SNOWMAN}", min_size=1), st.text(max_size=50))))
    def test_it_reads_what_the_standard_library_reads(self, pairs):
        body = urlencode(pairs)
        fields, _ = urlencoded(body.encode())
        assert sorted(fields.items(multi=True)) == sorted(parse_qsl(body, keep_blank_values=True))

    @given(st.binary(max_size=300))
    def test_a_picture_comes_out_however_it_was_escaped(self, data):
        text = base64.b64encode(data).decode()
        for written in (quote_plus(text), text, "data:image/png;base64," + quote_plus(text)):
            _, files = urlencoded(f"a=1&image={written}&b=2".encode())
            assert files == ([("image", "", data)] if data else files)

    @pytest.mark.parametrize("body", [b"", b"&", b"=", b"image=", b"image", b"a=%", b"a=%zz"])
    def test_odd_forms_are_read(self, body):
        assert urlencoded(body)[1] == []

    def test_fields_have_a_limit_together(self):
        with pytest.raises(TooLargeError):
            urlencoded(b"a=" + b"x" * 70_000)
        with pytest.raises(TooLargeError):
            urlencoded(b"x" * 70_000)

    @pytest.mark.parametrize("mark", [b"&", b"a=&", b"&=", b"image=QUJD&", b"image=&", b"a&"])
    def test_there_are_not_too_many_parts(self, mark):
        assert urlencoded(mark * 999)
        with pytest.raises(TooLargeError):
            urlencoded(mark * 1001)

    def test_marks_beyond_all_reason_are_refused_early(self):
        stream = io.BytesIO(b"&" * 70_000_000)
        with reading() as (form, _), pytest.raises(TooLargeError):
            form.urlencoded(stream)
        assert stream.tell() < 100_000
