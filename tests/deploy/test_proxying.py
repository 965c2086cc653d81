"""Everything that nginx leaves to Easel."""

import re
import shutil
from io import BytesIO

import pytest
from PIL import Image

from tests.processes import serving
from webapp.providers.plain import png

pytestmark = pytest.mark.slow


def test_an_upload_of_several_megabytes_comes_through(site):
    bitmap = BytesIO()
    Image.new("RGB", (1500, 1000), "teal").save(bitmap, "BMP")
    assert len(bitmap.getvalue()) > 4_000_000
    assert site.owner.upload(bitmap.getvalue())


def test_an_open_page_hears_of_changes(site):
    page = site.owner.get("/").body
    asked = re.search(rb'/live\?[^"\s]+', page)
    assert asked is not None
    address = asked[0].decode().replace("&amp;", "&")
    assert site.owner.get(address, hx_request="true").status == 204
    site.owner.upload(png(40, 30, b"new"))
    assert site.owner.get(address, hx_request="true").status == 200


def test_scripts_and_styles_are_compressed_and_pages_are_not(site):
    page = site.owner.get("/", accept_encoding="gzip")
    assert "content-encoding" not in page.headers
    sheet = re.search(rb'/static/[^"]+\.css', page.body)
    assert sheet is not None
    style = site.owner.get(sheet[0].decode(), accept_encoding="gzip")
    assert style.headers["content-encoding"] == "gzip"
    assert "immutable" in style.headers["cache-control"]
    assert "content-encoding" not in site.owner.get(sheet[0].decode()).headers


def test_a_visitor_can_t_say_where_easel_is_or_who_asks(site):
    stranger = site.stranger()
    forged = stranger.get("/", x_forwarded_prefix="//evil.example", x_forwarded_host="evil.example")
    assert forged.status == 303
    assert "evil" not in forged.headers["location"]


def test_without_a_folder_for_nginx_everything_is_passed_on(own_site):
    own_site.server.stop()
    shutil.rmtree(own_site.shown)
    port = str(own_site.easel_port)
    with serving(own_site.data, EASEL_PORT=port, EASEL_TRUSTED_PROXIES="1"):
        uid = own_site.shared()
        for _ in range(2):
            assert own_site.stranger().get(f"/t/w160/{uid}.webp").status == 200
        own_site.share(uid, "private")
        assert own_site.stranger().get(f"/t/w160/{uid}.webp").status == 404
