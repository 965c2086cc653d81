"""The API keeps what its OpenAPI document promises, whatever schemathesis can think of sending.

For every operation: no fault of ours, no status or media type that is not in the document, every
body as its schema says, what breaks a schema refused, and nobody let in without a token.
"""

import re
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    positive_data_acceptance,
    unsupported_method,
)
from werkzeug.wsgi import ClosingIterator

from tests.blueprints.api.conftest import Caller
from tests.blueprints.api.world import a_world
from webapp.app import create_app
from webapp.jobs import NullRunner
from webapp.settings import Settings

EXAMPLES = 15
PLACE = re.compile(r"/([a-z]+)/\{(\w+)\}")
"""An id in a path, after what it is the id of."""

UNSUITABLE = [
    positive_data_acceptance,  # rules that no schema tells may refuse more
    unsupported_method,  # /images/batch is an /images/{uid} too, for methods that it lacks
    allow_header_conformance,
]


def _document():
    with TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)), runner=NullRunner())
        return app.test_client().get("/api/openapi.json").get_json()


class Door:
    """Stands for the app while tests are collected."""

    app: Any = None

    def __call__(self, environ, start):
        with closing(ClosingIterator(self.app(environ, start))) as body:
            return list(body)


DOOR = Door()
DOCUMENT = _document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = DOOR
SCHEMA.config.generation.update(with_security_parameters=False)


@pytest.fixture(scope="module")
def world(tmp_path_factory, empty_database):
    with a_world(tmp_path_factory.mktemp("world"), empty_database) as found:
        DOOR.app = found.app
        yield found


def aim(case, world):
    """Let a request with good ids reach something that is there."""
    good = case.meta is None or case.meta.generation.mode.is_positive
    for noun, name in PLACE.findall(case.operation.path):
        if good and name in case.path_parameters:
            case.path_parameters[name] = world.id_of(noun) or case.path_parameters[name]


READ = [path for path, methods in DOCUMENT["paths"].items() if "get" in methods and "{" in path]


@pytest.mark.parametrize("path", READ)
def test_what_is_asked_for_below_reaches_something(world, path):
    for noun, name in PLACE.findall(path):
        path = path.replace(f"{{{name}}}", str(world.id_of(noun)))
    with Caller(world.app.test_client(), world.token).get(path) as answer:
        assert answer.status_code == 200, "say in world.py what makes one"


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_the_answer_is_one_of_the_document(world, case):
    aim(case, world)
    token = {"Authorization": f"Bearer {world.token}"}
    case.call_and_validate(headers=token, excluded_checks=UNSUITABLE)
