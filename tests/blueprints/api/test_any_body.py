"""Whatever is sent, the answer is a good one or a problem, and never a fault of ours."""

import json
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.blueprints.api.conftest import Caller
from tests.blueprints.api.test_contract import DOCUMENT, PLACE
from tests.blueprints.api.world import World
from tests.conftest import an_app
from tests.servers import open_database, postgres_url
from webapp.app import easel_of
from webapp.blueprints.api.orders import GenerationAsked
from webapp.jobs import NullRunner
from webapp.providers.plain import png
from webapp.services.tokens import SCOPES
from webapp.settings import Settings

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(max_size=20)
    | st.sampled_from(
        ["\ud800", "\0", "wide-landscape", "plain-1", "a {b|c}", "1:1", "11111111111"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
FIELDS = [*GenerationAsked.model_fields, "csv", "x"]
BODIES = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6)
SEVERAL = settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PATHS = ("/api/generations", "/api/templates/wide-landscape/run")


def check(answer):
    body = answer.get_json()
    assert answer.status_code in (202, 400, 413, 422), body
    if answer.status_code != 202:
        assert answer.mimetype == "application/problem+json"
        assert body["code"] in ("invalid", "invalid_json", "too_large", "invalid_table")
        assert body["detail"]


@pytest.mark.parametrize("path", PATHS)
@given(body=BODIES)
@SEVERAL
def test_any_object_is_taken_or_refused(api, path, body):
    data = json.dumps(body)
    check(api.open("POST", path, data=data, content_type="application/json"))


@pytest.mark.parametrize("path", PATHS)
@given(prompt=JSON)
@SEVERAL
def test_any_prompt_and_value_is_taken_or_refused(api, path, prompt):
    body = {"variables": {"subject": prompt}} if "run" in path else {"prompt": prompt}
    check(api.open("POST", path, data=json.dumps(body), content_type="application/json"))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["application/json", "text/csv", "text/plain", "", "x"])
@given(data=st.binary(max_size=60))
@SEVERAL
def test_any_bytes_are_taken_or_refused(api, path, kind, data):
    check(api.open("POST", path, data=data, content_type=kind))


def fields_of(operation):
    """Return the names of the fields that an operation takes as JSON."""
    schema = operation["requestBody"]["content"].get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return sorted(schema.get("properties", {}))


TAKING = {
    f"{method} {path}": (method.upper(), path, fields_of(operation))
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if isinstance(operation, dict) and "requestBody" in operation
}
FEW = settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory, empty_database):
    """Give an Easel on each database, with something of everything in it."""
    folder = tmp_path_factory.mktemp("any-body")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(postgres_url())
            stack.enter_context(open_database(url))
        chosen = Settings(data_dir=folder, database_url=url)
        app = stack.enter_context(an_app(chosen, NullRunner(), empty_database))
        with app.app_context():
            services = easel_of(app).services
            owner = services.accounts.named("owner")
            services.images.add_image(owner, png(40, 30, b"x"))
            token = services.tokens.create(owner, "test", SCOPES)
        yield World(app, owner, token)


def reaching(world, path):
    """Return an address of something that is there."""
    for noun, name in PLACE.findall(path):
        path = path.replace(f"{{{name}}}", str(world.id_of(noun)))
    return path.replace("{", "").replace("}", "")


def test_the_document_has_operations_with_bodies():
    assert len(TAKING) > 15
    assert sum(bool(fields) for _, _, fields in TAKING.values()) > 15


@pytest.mark.parametrize("name", TAKING)
def test_whatever_stands_in_any_body_is_no_fault_of_ours(world, name):
    method, path, fields = TAKING[name]
    address, caller = reaching(world, path), Caller(world.app.test_client(), world.token)
    allowed = {int(status) for status in DOCUMENT["paths"][path][method.lower()]["responses"]}

    @given(body=st.dictionaries(st.sampled_from([*fields, "x"]), JSON, max_size=6))
    @FEW
    def send(body):
        data = json.dumps(body)
        with caller.open(method, address, data=data, content_type="application/json") as answer:
            assert answer.status_code in allowed, answer.get_data(as_text=True)
            if answer.status_code >= 400:
                assert answer.mimetype == "application/problem+json"

    send()


ODD = {
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "not a number": b'{"seed": NaN}',
    "infinity": b'{"strength": -Infinity}',
    "no text": b"\xff\xfe",
    "half a letter": b'{"title": "\\ud800", "prompt": "\\ud800", "name": "\\ud800"}',
    "a long number": b'{"count": 1' + b"0" * 4_000 + b"}",
    "a large number": b'{"count": 1e400}',
    "a list": b"[{}]",
    "null": b"null",
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/png"])
@pytest.mark.parametrize(
    "path", ["/api/generations", "/api/templates", "/api/templates/wide-landscape/run"]
)
def test_what_no_request_can_mean_is_refused(api, services, owner, path, kind, body):
    answer = api.open("POST", path, data=body, content_type=kind)
    assert answer.status_code == 400, answer.get_json()
    assert services.gallery.count(owner) == 0


def test_of_a_field_that_is_sent_twice_the_last_counts(api):
    body = b'{"prompt": 7, "prompt": "a lake"}'
    answer = api.open("POST", "/api/generations", data=body, content_type="application/json")
    assert answer.get_json()["prompt"] == "a lake"


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_a_body_where_none_is_wanted_is_passed_over(api, body):
    answer = api.open("GET", "/api/generations", data=body, content_type="application/json")
    assert answer.status_code == 200
