"""Who may do what, asked of every address that there is, so that a new one is asked about too."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from webapp.app import create_app
from webapp.blueprints import PUBLIC
from webapp.jobs import NullRunner
from webapp.settings import Settings

SAFE = {"GET", "HEAD", "OPTIONS"}
FORM = {"visibility": "public"}
VALUES = {
    "preset": "w640",
    "spec": "20x20",
    "asked": "0",
    "ops": "w_40,fit_cover",
    "path": "icons.svg",
    "ref": "wide-landscape",
    "version": "1",
    "number": "1",
    "token": "1",
    "rest": "nothing",
}
PLACE = re.compile(r"<(?:[^<>:]+:)?(\w+)>")

NO_PAGES = {"studio.composer", "live.index", "template_files.export_all"}
"""What is a fragment or a file, and never a page."""

READ_BY_POST = {"api.urls.create", "api.exports.images"}
"""What changes nothing, and takes more than fits into an address."""


def _routes():
    with TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)), runner=NullRunner())
        return [
            (rule.endpoint, method, rule.rule)
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]


ROUTES = _routes()


def each(wanted):
    """Run a test for each route that is wanted."""
    known = [route for route in ROUTES if wanted(*route)]
    return pytest.mark.parametrize("route", known, ids=[f"{item[1]} {item[2]}" for item in known])


def is_about_an_image(endpoint, _method, rule):
    return "<uid>" in rule or ("<name>" in rule and not endpoint.startswith("uploaders."))


def changes(endpoint, method, _rule):
    """Say whether a route changes anything for a session; to /v1 a session is nothing."""
    return method not in SAFE and not endpoint.startswith("v1.")


def shows(_endpoint, method, _rule):
    return method in SAFE


def shows_for_members(endpoint, method, _rule):
    return method in SAFE and endpoint.partition(".")[0] not in PUBLIC


def text_of(answer):
    """Return what an answer says, without tokens: in random letters there may be any word."""
    return re.sub(r'(csrf.token" (?:content|value))="[^"]+', r"\1", answer.get_data(as_text=True))


def path_of(world, route, **values):
    known = VALUES | values
    path = PLACE.sub(lambda found: known.get(found[1], found[0]), route[2])
    # A right signature opens nothing: it limits what work may be asked for.
    start, mark, rest = path.partition("<signature>")
    return start + world.easel.services.addresses.signature(rest) + rest if mark else path


@pytest.fixture(scope="module", autouse=True)
def _stay(world):
    """Make sure that whatever was refused has indeed changed nothing."""
    images = world.easel.services.images
    owner = world.easel.services.accounts.named("owner")
    everything = (*world.secrets, world.shared)
    before = [images.get_image(uid, owner) for uid in everything]
    yield
    assert before == [images.get_image(uid, owner) for uid in everything]


@each(is_about_an_image)
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_somebody_elses_private_picture_is_not_there(world, route, htmx):
    method = route[1]
    headers = {"X-CSRFToken": world.stranger.token()} | ({"HX-Request": "true"} if htmx else {})
    for uid in world.secrets:
        path = path_of(world, route, uid=uid, name=f"{uid}.webp")
        answer = world.stranger.client.open(path, method=method, headers=headers, data=FORM)
        # What is sent may be looked at first; then it is refused for anybody's picture.
        assert answer.status_code == 404 or (answer.status_code == 400 and method != "GET"), path
        assert "hush" not in text_of(answer)


@each(is_about_an_image)
def test_the_answer_is_the_same_as_for_an_id_that_never_was(world, route):
    method = route[1]
    answers = []
    for uid in (world.private, "zzzzzzzzzzz"):
        path = path_of(world, route, uid=uid, name=f"{uid}.webp")
        headers = {"X-CSRFToken": world.stranger.token()}
        answer = world.stranger.client.open(path, method=method, headers=headers, data=FORM)
        answers.append((answer.status_code, text_of(answer), sorted(dict(answer.headers))))
    assert answers[0] == answers[1]


@each(is_about_an_image)
def test_nobody_gets_somebodys_private_picture(world, route):
    method = route[1]
    client = world.anonymous()
    for uid in world.secrets:
        path = path_of(world, route, uid=uid, name=f"{uid}.webp")
        answer = client.open(path, method=method)
        assert answer.status_code in (303, 400, 401, 404), path
        if answer.status_code == 303:
            assert answer.location.startswith("/login")
        assert "hush" not in text_of(answer)


@each(shows_for_members)
def test_strangers_are_asked_to_sign_in(world, route):
    answer = world.anonymous().get(path_of(world, route, uid=world.private))
    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=")
    assert "Cache-Control" in answer.headers


@each(shows_for_members)
def test_an_open_page_whose_session_ended_is_sent_to_sign_in(world, route):
    path = path_of(world, route, uid=world.private)
    answer = world.anonymous().get(path, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/login"


@each(changes)
@pytest.mark.parametrize("token", [None, "", "wrong", "\N{EURO SIGN}".encode().decode("latin-1")])
def test_no_change_is_made_without_a_token_of_the_form(world, route, token):
    headers = {} if token is None else {"X-CSRFToken": token}
    path = path_of(world, route, uid=world.private)
    answer = world.owner.client.open(path, method=route[1], headers=headers)
    assert answer.status_code == 400
    assert "has been open for too long" in answer.get_data(as_text=True)
    assert "Copy what you have written" in answer.get_data(as_text=True)


@each(changes)
def test_somebody_elses_token_is_as_good_as_none(world, route):
    headers = {"X-CSRFToken": world.stranger.token()}
    path = path_of(world, route, uid=world.private)
    answer = world.owner.client.open(path, method=route[1], headers=headers)
    assert answer.status_code == 400


@each(changes)
def test_an_api_token_that_may_read_changes_nothing(world, route):
    if route[0] in READ_BY_POST | {"accounts.sign_in", "accounts.logout"}:
        return  # the latter are open to everybody
    accounts, tokens = world.easel.services.accounts, world.easel.services.tokens
    bearer = tokens.create(accounts.named("owner"), "reader", ["images:read"])
    client = world.anonymous()
    headers = {"Authorization": f"Bearer {bearer}"}
    page = client.get("/login").get_data(as_text=True)
    csrf = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    path = path_of(world, route, uid=world.private)
    form = {"csrf_token": csrf, "new_password": "taken over by a token", "theme": "dark"}
    answer = client.open(path, method=route[1], headers=headers, data=form)
    assert answer.status_code in ((403, 404) if route[0].startswith("api.") else (303, 404))
    if answer.status_code == 303:
        assert answer.location == "/login"
    assert not accounts.named("owner").has_password


@each(shows)
@pytest.mark.parametrize("who", ["owner", "anonymous"])
def test_every_answer_carries_the_security_headers(world, route, who):
    client = world.owner.client if who == "owner" else world.anonymous()
    path = path_of(world, route, uid=world.private, name=f"{world.private}.webp")
    with client.get(path) as answer:
        check_headers(answer)


@pytest.mark.parametrize("path", ["/nothing", "/images", "/t/", "/static/v0/none.css", "/%00"])
def test_every_error_carries_them_too(world, path):
    check_headers(world.owner.get(path))
    check_headers(world.anonymous().get(path))


def check_headers(answer):
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin")
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Cache-Control" in headers
    assert "Server" not in headers
    if "text/html" in headers.get("Content-Type", ""):
        assert headers["Cache-Control"] == "no-store"


@each(lambda *route: shows_for_members(*route) and "<" not in route[2] and ".zip" not in route[2])
def test_every_page_of_ours_is_a_page_and_a_fragment(world, route):
    page = world.owner.get(route[2])
    fragment = world.owner.fragment(route[2])
    assert {page.status_code, fragment.status_code} <= {200, 204}
    is_whole = "<!doctype html>" in page.get_data(as_text=True).lower()
    assert is_whole is (route[0] not in NO_PAGES)
