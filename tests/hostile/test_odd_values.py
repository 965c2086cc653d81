"""Values that no database takes as they are: in every address and every query, never a fault."""

import re
from contextlib import ExitStack
from http import HTTPStatus
from urllib.parse import quote

import pytest

from tests.conftest import browser_of
from tests.servers import postgres_url
from webapp.app import create_app, easel_of
from webapp.cli.session import upgrade_database
from webapp.extensions import limiter
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.settings import Settings

pytestmark = pytest.mark.slow

ODD = ("\0", "a\0b", "\0" * 11, "9" * 30, "-1", "2147483648", "\ufffd\U0001f3a8")
NAMES = (
    *("q", "tag", "colour", "image", "album", "model", "state", "visibility", "favourite", "from"),
    *("until", "since", "before", "after", "cursor", "limit", "show", "day", "template", "version"),
    *("reference", "prompt", "token", "next", "range", "of", "url", "generation", "created_after"),
)
"""What addresses are asked by; those that an address does not know do no harm."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def browser(request, tmp_path_factory):
    with ExitStack() as stack:
        url = stack.enter_context(postgres_url()) if request.param == "postgresql" else ""
        app = create_app(
            Settings(data_dir=tmp_path_factory.mktemp("odd"), database_url=url),
            runner=NullRunner(),
            providers={"plain": PlainProvider()},
        )
        upgrade_database(app)
        was_enabled, limiter.enabled = limiter.enabled, False
        with app.app_context():
            services = easel_of(app).services
            services.accounts.ensure_owner()
            owner = services.accounts.named("owner")
            services.images.add_image(owner, png(30, 20, b"abc"), prompt="a lake")
        yield browser_of(app, owner)
        limiter.enabled = was_enabled
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def paths(browser, method, odd):
    """Return the addresses of a method, with an odd value wherever they take one."""
    rules = [
        rule
        for rule in browser.client.application.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint != "static"
    ]
    assert rules
    return sorted({re.sub("<[^>]+>", quote(odd, safe=""), rule.rule) for rule in rules})


@pytest.mark.parametrize("odd", ODD)
def test_no_path_is_a_fault(browser, odd):
    faults = [
        path
        for path in paths(browser, "GET", odd)
        if browser.get(path).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    ]
    assert faults == []


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_path_of_a_change_is_a_fault(browser, method, odd):
    token = {"X-CSRFToken": browser.token()}
    faults = [
        path
        for path in paths(browser, method, odd)
        if quote(odd, safe="") in path
        and browser.client.open(path, method=method, headers=token).status_code
        == HTTPStatus.INTERNAL_SERVER_ERROR
    ]
    assert faults == []


@pytest.mark.parametrize("odd", ["a\0", "9" * 30])
def test_no_query_is_a_fault(browser, odd):
    faults = [
        f"{path}?{name}"
        for path in paths(browser, "GET", "zzzzzzzzzzz")
        if "zzzzzzzzzzz" not in path
        for name in NAMES
        if browser.get(path, query_string={name: odd}).status_code
        == HTTPStatus.INTERNAL_SERVER_ERROR
    ]
    assert faults == []
