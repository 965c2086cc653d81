import json
import re

import pytest


def test_an_account_can_be_made_with_a_password(easel):
    made = easel(
        "user", "create", "ann", "--role", "admin", "--password-stdin", stdin="a password\n"
    )
    assert (made.status, made.err) == (0, "")
    listed = json.loads(easel("user", "list", "--json").out)
    assert listed == [
        {"name": "ann", "role": "admin", "has_password": True},
        {"name": "owner", "role": "admin", "has_password": False},
    ]


def test_accounts_are_listed_for_people(easel):
    easel("user", "create", "ann")
    lines = easel("user", "list").out.splitlines()
    assert [line.split()[:2] for line in lines] == [["ann", "member"], ["owner", "admin"]]
    assert "no password yet" in lines[0]


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (("user", "create", "owner"), "", "already a user called owner"),
        (("user", "create", "a b"), "", "A user name has 1 to 64"),
        (("user", "create", "ann", "--password-stdin"), "short\n", "8 to 1024 characters"),
        (("user", "create", "ann", "--password-stdin"), "", "no password on standard input"),
        (("user", "passwd", "zoe", "--password-stdin"), "a password\n", "no user called zoe"),
        (("user", "role", "zoe", "admin"), "", "no user called zoe"),
        (("user", "role", "owner", "member"), "", "only admin"),
        (("login-link", "zoe"), "", "no user called zoe"),
        (("token", "create", "t", "--scopes", "everything"), "", "Unknown scope: everything"),
        (("token", "create", "t", "--user", "zoe"), "", "no user called zoe"),
        (("token", "revoke", "9"), "", "no token 9"),
    ],
)
def test_what_can_t_be_done_is_said_in_a_sentence(easel, arguments, stdin, sentence):
    outcome = easel(*arguments, stdin=stdin)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("easel: ")
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err
    names = [one["name"] for one in json.loads(easel("user", "list", "--json").out)]
    assert names == ["owner"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "create"),
        ("user", "create", "ann", "--role", "root"),
        ("user", "role", "owner", "root"),
        ("token", "create", "t", "--expires", "0"),
        ("token", "revoke", "x"),
        ("nonsense",),
        ("user", "nonsense"),
        ("login-link", "--nonsense"),
    ],
)
def test_a_wrong_command_line_ends_with_2(easel, arguments):
    outcome = easel(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert "Usage: easel" in outcome.err


def test_a_password_can_be_set(easel):
    outcome = easel("user", "passwd", "owner", "--password-stdin", stdin="a good password\n")
    assert outcome.status == 0
    assert json.loads(easel("user", "list", "--json").out)[0]["has_password"]
    assert "a good password" not in outcome.out


def test_a_role_can_be_changed(easel):
    easel("user", "create", "ann")
    assert easel("user", "role", "ann", "admin").status == 0
    assert easel("user", "role", "owner", "member").status == 0


def test_a_sign_in_link_is_printed_alone(easel):
    outcome = easel("login-link")
    assert outcome.status == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/welcome\?token=[\w-]{43}\n", outcome.out)


def test_a_link_stands_below_the_base_url(easel, monkeypatch):
    monkeypatch.setenv("EASEL_BASE_URL", "https://easel.example/studio/")
    link = easel("login-link", "owner").out
    assert link.startswith("https://easel.example/studio/welcome?token=")


def test_a_token_is_printed_alone_and_only_once(easel):
    made = easel("token", "create", "backup", "--scopes", "images:read,generate", "--expires", "9")
    assert re.fullmatch(r"easel_[\w-]{43}\n", made.out)
    (listed,) = json.loads(easel("token", "list", "--json").out)
    assert (listed["name"], listed["user"], listed["revoked"]) == ("backup", "owner", False)
    assert listed["scopes"] == ["images:read", "generate"]
    assert listed["expires"]
    plain = easel("token", "list").out
    assert "backup" in plain
    assert made.out.strip() not in plain


def test_a_token_can_be_revoked(easel):
    easel("token", "create", "backup")
    assert easel("token", "revoke", "1").status == 0
    assert "revoked" in easel("token", "list").out


def test_a_member_s_token_can_t_be_an_admin_s(easel):
    easel("user", "create", "ann")
    outcome = easel("token", "create", "t", "--user", "ann", "--scopes", "admin")
    assert outcome.status == 1
    assert "Only an admin" in outcome.err
