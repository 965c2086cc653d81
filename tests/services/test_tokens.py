import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from webapp.errors import InvalidError, NotFoundError
from webapp.models import ApiToken
from webapp.services.tokens import SCOPES
from webapp.services.tokens import tokens as tokens_module


@pytest.fixture
def tokens(services):
    return services.tokens


@pytest.fixture
def database(services):
    return services.gallery._database


def change(database, **values):
    with database.writing() as session:
        for row in session.scalars(select(ApiToken)):
            for name, value in values.items():
                setattr(row, name, value)


def test_a_token_is_its_owner_with_its_scopes(tokens, owner, stranger):
    tokens.create(stranger, "noise", ["images:write"])
    token = tokens.create(owner, "backup", ["images:read", "generate", "images:read"])
    assert re.fullmatch(r"easel_[\w-]{43}", token)
    bearer = tokens.check(token)
    assert bearer.viewer == owner
    assert bearer.scopes == {"images:read", "generate"}


@pytest.mark.parametrize("token", ["", "easel_", "easel_x", "\0", "\ud800", "é", "x" * 10_000])
def test_a_token_that_was_never_made_is_worth_nothing(tokens, owner, token):
    tokens.create(owner, "noise")
    assert tokens.check(token) is None


def test_a_changed_letter_makes_a_token_worthless(tokens, owner):
    token = tokens.create(owner, "backup")
    assert tokens.check(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert tokens.check(token.upper()) is None


@pytest.mark.parametrize("scopes", [[], ["everything"], ["images:read", "root"], [""]])
def test_scopes_are_those_that_there_are(tokens, owner, scopes):
    with pytest.raises(InvalidError, match="Scopes are images:read, images:write"):
        tokens.create(owner, "backup", scopes)


def test_a_member_s_token_can_t_be_an_admin_s(tokens, stranger):
    with pytest.raises(InvalidError, match="Only an admin"):
        tokens.create(stranger, "mine", ["admin"])


def test_an_admin_s_token_can_have_every_scope(tokens, owner):
    assert tokens.check(tokens.create(owner, "all", SCOPES)).scopes == set(SCOPES)


def test_a_revoked_token_is_worth_nothing_and_others_stay(tokens, owner):
    dead, alive = tokens.create(owner, "dead"), tokens.create(owner, "alive")
    tokens.revoke(next(one.id for one in tokens.all() if one.name == "dead"))
    assert tokens.check(dead) is None
    assert tokens.check(alive)


def test_revoking_what_is_not_there_says_so(tokens):
    with pytest.raises(NotFoundError, match="no token 77"):
        tokens.revoke(77)


def test_a_token_ends_when_it_should(tokens, database, owner):
    token = tokens.create(owner, "short", days=1)
    assert tokens.check(token)
    change(database, expires_ms=1)
    assert tokens.check(token) is None


def test_a_token_without_days_lasts(tokens, owner):
    tokens.create(owner, "long")
    assert tokens.all()[0].expires is None


def test_only_a_hash_and_the_first_letters_are_kept(tokens, database, owner):
    token = tokens.create(owner, "backup")
    with database.reading() as session:
        kept = session.scalars(select(ApiToken)).one().__dict__
    assert token not in str(kept)
    assert kept["prefix"] == token[:10]
    assert re.fullmatch("[0-9a-f]{64}", kept["token_hash"])


def test_the_last_use_is_noted_once_a_minute(tokens, owner, monkeypatch):
    token = tokens.create(owner, "backup")
    assert tokens.all()[0].last_used is None
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    for seconds, noted in ((0, 0), (59.999, 0), (60, 60), (119, 60)):
        now = round((noon.timestamp() + seconds) * 1000)
        monkeypatch.setattr(tokens_module, "now_ms", lambda now=now: now)
        assert tokens.check(token)
        assert tokens.all()[0].last_used == noon + timedelta(seconds=noted)


def test_tokens_are_listed_newest_first_with_their_owners(tokens, owner, stranger):
    tokens.create(owner, "one")
    tokens.create(stranger, "two", ["generate"])
    listed = [(one.name, one.owner, one.scopes, one.is_revoked) for one in tokens.all()]
    assert listed == [
        ("two", "charlie", ("generate",), False),
        ("one", "owner", ("images:read",), False),
    ]
