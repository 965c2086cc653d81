import re
import runpy
import subprocess
import sys
from contextlib import contextmanager

import pytest
from flask import Flask

from tests.conftest import an_app, browser_of
from tests.processes import ROOT, environment
from webapp.app import ROOT as PARTS
from webapp.app import create_app, easel_of
from webapp.errors import SettingsError
from webapp.jobs import HueyRunner, NullRunner
from webapp.services import Services
from webapp.settings import Settings


@pytest.fixture
def easel_with(tmp_path, empty_database, compiled_templates):
    """Make an Easel of some settings."""

    @contextmanager
    def make(**settings):
        values = Settings(data_dir=tmp_path / "data", **settings)
        with an_app(values, NullRunner(), empty_database) as app:
            app.jinja_env.bytecode_cache = compiled_templates
            yield app

    return make


def test_the_parts_are_wired(app):
    parts = easel_of(app)
    assert isinstance(app, Flask)
    assert isinstance(parts.services, Services)
    assert parts.is_embedded


def test_templates_static_files_and_migrations_are_found():
    for name in ("templates/layouts/base.html", "static/icons.svg", "migrations/env.py"):
        assert (PARTS / name).is_file()


def test_the_queue_of_an_easel_by_itself_is_in_its_data_directory(tmp_path):
    app = create_app(Settings(data_dir=tmp_path))
    assert isinstance(easel_of(app).runner, HueyRunner)
    assert easel_of(app).services.catalogue.choices()[0].value == "sketch:sketch-1"


def test_an_unknown_provider_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="EASEL_PROVIDER must be one of sketch"):
        create_app(Settings(data_dir=tmp_path, provider="dalle"), runner=NullRunner())


def test_the_secret_is_made_once_and_used(tmp_path):
    first, second = (create_app(Settings(data_dir=tmp_path), runner=NullRunner()) for _ in range(2))
    assert first.secret_key == second.secret_key
    assert len(str(first.secret_key)) >= 64
    own = create_app(Settings(data_dir=tmp_path, secret_key="own"), runner=NullRunner())
    assert own.secret_key == "own"


def test_a_session_survives_a_restart_and_another_secret_ends_it(easel_with, tmp_path):
    with easel_with() as app:
        cookie = browser_of(app, easel_of(app).services.accounts.named("owner")).client.get_cookie(
            "easel_session"
        )
        assert cookie is not None
        for secret, status in (("", 200), ("another", 303)):
            settings = Settings(data_dir=tmp_path / "data", secret_key=secret)
            again = create_app(settings, runner=NullRunner())
            client = again.test_client()
            client.set_cookie("easel_session", cookie.value)
            assert client.get("/settings").status_code == status


def test_a_base_url_is_trusted_and_stands_in_embed_codes(easel_with, a_picture):
    with easel_with(base_url="https://pics.example/studio") as app:
        services = easel_of(app).services
        owner = services.accounts.named("owner")
        browser = browser_of(app, owner)
        with app.app_context():
            uid = services.images.add_image(owner, a_picture).id
        page = browser.get(f"/images/{uid}/embed").get_data(as_text=True)
        assert f"https://pics.example/studio/t/w640/{uid}.webp" in page
        assert app.test_client().get("/login", headers={"Host": "pics.example"}).status_code == 200
        assert app.test_client().get("/login", headers={"Host": "x.example"}).status_code == 400


def test_cookies_travel_encrypted_where_the_base_url_does(easel_with):
    for url, is_secure in (("https://pics.example", True), ("http://pics.example", False)):
        with easel_with(base_url=url) as app:
            answer = app.test_client().get("/login")
            assert ("Secure" in answer.headers["Set-Cookie"]) is is_secure


def test_trusted_hosts_are_answered(easel_with):
    with easel_with(trusted_hosts=("pics.example",)) as app:
        for host, status in (("pics.example", 200), ("a.pics.example", 400), ("localhost", 200)):
            assert app.test_client().get("/login", headers={"Host": host}).status_code == status


def test_as_many_proxies_are_believed_as_there_are(easel_with):
    forged = {"X-Forwarded-Prefix": "/studio", "X-Forwarded-For": "9.9.9.9, 6.6.6.6"}
    with easel_with(trusted_proxies=1) as app:
        answer = app.test_client().get("/", headers=forged)
        assert answer.location == "/studio/login?next=/"
    with easel_with() as app:
        assert app.test_client().get("/", headers=forged).location == "/login?next=/"


def test_below_a_prefix_every_address_of_a_page_has_it(easel_with):
    prefix = {"X-Forwarded-Prefix": "/studio"}
    with easel_with(trusted_proxies=1) as app:
        browser = browser_of(app, easel_of(app).services.accounts.named("owner"))
        browser.client.get("/")
        page = app.test_client().get("/login", headers=prefix).get_data(as_text=True)
        addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
        assert addresses
        assert [item for item in addresses if not item.startswith("/studio/")] == []


def test_extra_presets_can_be_asked_for(easel_with, a_picture):
    with easel_with(presets='{"hero": {"width": 40, "height": 40, "fit": "cover"}}') as app:
        services = easel_of(app).services
        owner = services.accounts.named("owner")
        with app.app_context():
            uid = services.images.add_image(owner, a_picture).id
            services.images.set_visibility(uid, owner, "public")
        client = app.test_client()
        assert client.get(f"/t/hero/{uid}.png").status_code == 200
        assert client.get(f"/t/w640/{uid}.png").status_code == 200


def test_limits_reach_the_services(easel_with, a_picture):
    with easel_with(max_upload_bytes=10) as app, app.app_context():
        services = easel_of(app).services
        with pytest.raises(Exception, match="larger than"):
            services.images.add_image(services.accounts.named("owner"), a_picture)
    with easel_with(max_pixels=100) as app, app.app_context():
        services = easel_of(app).services
        with pytest.raises(Exception, match="too"):
            services.images.add_image(services.accounts.named("owner"), a_picture)


def test_other_servers_find_the_app(tmp_path, monkeypatch):
    monkeypatch.setenv("EASEL_DATA_DIR", str(tmp_path))
    found = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
    assert found.test_client().get("/healthz").status_code == 200


def test_starting_loads_no_painter(tmp_path):
    """What an idle Easel has in memory: neither numpy nor a provider's library."""
    code = (
        "import sys; from webapp.app import create_app; app = create_app();"
        "app.test_client().get('/login');"
        "print(sorted({'numpy', 'google.genai'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(tmp_path),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip().splitlines()[-1] == "[]"
