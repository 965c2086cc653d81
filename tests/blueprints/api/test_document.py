"""The OpenAPI document is one, and says of everything what it is for."""

import copy
import re
from itertools import chain

import jsonschema_rs
import pytest
import schemathesis

from tests.blueprints.api.conftest import Caller
from webapp import __version__
from webapp.services.tokens import SCOPES


@pytest.fixture
def document(app):
    return Caller(app.test_client()).get("/api/openapi.json").get_json()


def operations(document):
    return [
        (f"{method} {path}", told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]


def test_it_is_valid_openapi(document):
    assert document["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(document).validate()
    for schema in document["components"]["schemas"].values():
        whole = schema | {"components": document["components"]}
        jsonschema_rs.validator_for(copy.deepcopy(whole))


def test_every_reference_leads_somewhere(document):
    for name in re.findall(r"#/components/(\w+/[\w.-]+)", str(document)):
        kind, _, key = name.partition("/")
        assert key in document["components"][kind]


def test_every_app_of_a_process_has_all_of_it(app, document):
    del app.extensions["easel_openapi"]
    assert Caller(app.test_client()).get("/api/openapi.json").get_json() == document


def test_it_says_whose_it_is(document):
    assert document["info"]["version"] == __version__
    assert document["info"]["license"] == {"name": "MIT", "identifier": "MIT"}
    assert document["servers"] == [{"url": "http://localhost"}]


def test_operations_are_called_differently(document):
    names = [told["operationId"] for _, told in operations(document)]
    assert len(set(names)) == len(names) >= 20


def test_every_operation_says_what_it_does_and_needs(document):
    tags = {tag["name"] for tag in document["tags"]}
    for name, told in operations(document):
        assert told["summary"].endswith("."), name
        assert set(told["tags"]) <= tags, name
        scopes = told["security"][0]["token"]
        assert scopes, name
        assert set(scopes) <= set(SCOPES), name
        assert all(f"`{scope}`" in told["description"] for scope in scopes), name
        assert all(item["description"] for item in told["parameters"]), name


def test_every_resource_and_model_is_described(document):
    assert all(tag["description"] for tag in document["tags"])
    undescribed = [
        name
        for name, schema in document["components"]["schemas"].items()
        if not schema.get("description")
    ]
    assert undescribed == []


def test_ids_look_as_they_do(document):
    for name, told in operations(document):
        for item in told["parameters"]:
            if item["in"] == "path" and item["schema"]["type"] == "string":
                assert re.fullmatch(item["schema"]["pattern"], "U2LV4Atvmho"), name
                assert not re.fullmatch(item["schema"]["pattern"], "x" * 12 + "!"), name


def test_what_takes_a_body_may_find_it_too_large(document):
    for name, told in operations(document):
        assert ("413" in told["responses"]) >= ("requestBody" in told), name


def test_what_is_made_has_an_address_and_what_can_be_changed_an_etag(document):
    made = document["paths"]["/api/templates"]["post"]["responses"]["201"]
    assert "Location" in made["headers"]
    methods = document["paths"]["/api/templates/{ref}"]
    assert "ETag" in methods["get"]["responses"]["200"]["headers"]
    assert "304" in methods["get"]["responses"]
    assert "412" in methods["patch"]["responses"]


def test_problems_are_told_as_problems(document):
    answers = chain.from_iterable(told["responses"].items() for _, told in operations(document))
    for status, answer in answers:
        if int(status) >= 400:
            assert list(answer["content"]) == ["application/problem+json"]


def test_examples_fit_their_models(document):
    for name, schema in document["components"]["schemas"].items():
        whole = copy.deepcopy(schema | {"components": document["components"]})
        validator = jsonschema_rs.validator_for(whole)
        for example in schema.get("examples", []):
            assert validator.is_valid(example), name
