"""A client for the JSON API with a token of its own."""

from dataclasses import dataclass
from typing import Any

import pytest

from webapp.services.failures import FAILURES
from webapp.services.tokens import SCOPES

EVERYTHING = tuple(scope for scope in SCOPES if scope != "admin")


@dataclass(frozen=True)
class Caller:
    """A program with a token; without one, anybody."""

    client: Any
    token: str | None = None

    def open(self, method, path, *, headers=None, **options):
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.open(path, method=method, headers=sent | (headers or {}), **options)

    def get(self, path, **options):
        return self.open("GET", path, **options)

    def post(self, path, body=None, **options):
        more = {"json": {} if body is None else body} if "data" not in options else {}
        return self.open("POST", path, **more, **options)


@pytest.fixture
def caller_of(app, services):
    """Return callers for people, each with the scopes that are named."""

    def make(person, *scopes):
        token = services.tokens.create(person, "test", scopes)
        return Caller(app.test_client(), token)

    return make


@pytest.fixture
def api(caller_of, owner):
    """Return a caller that may do all but what is for admins, for the owner."""
    return caller_of(owner, *EVERYTHING)


@pytest.fixture
def stranger_api(caller_of, stranger):
    return caller_of(stranger, *EVERYTHING)


@pytest.fixture
def nobody(app):
    return Caller(app.test_client())


def problem(answer, status, code):
    """Return the body of a problem after looking at what every one of them has."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"].endswith((".", "}"))
    return body


__all__ = ["FAILURES", "Caller", "problem"]
