from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from webapp.errors import GoneError, InvalidError, NotFoundError
from webapp.models import SignInLink, User, UserSession
from webapp.services.accounts import Accounts

PASSWORD = "a good password"


@pytest.fixture
def accounts(services):
    return services.accounts


@pytest.fixture
def database(services):
    return services.gallery._database


@pytest.fixture
def ann(accounts, stranger):
    return accounts.create("ann", password=PASSWORD)


def test_an_owner_is_made_once_and_is_an_admin(accounts):
    assert not accounts.ensure_owner()
    assert [(one.name, one.role, one.has_password) for one in accounts.all()] == [
        ("owner", "admin", False)
    ]


def test_nobody_is_made_where_somebody_is(accounts, database):
    with database.writing() as session:
        session.scalars(select(User)).one().name = "root"
    assert not accounts.ensure_owner()


def test_the_right_password_signs_in(accounts, ann):
    assert accounts.check_password("ann", PASSWORD) == ann


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", "another password"),
        ("ann", ""),
        ("ann", PASSWORD + " "),
        ("Ann", PASSWORD),
        ("nobody", PASSWORD),
        ("", ""),
        ("owner", ""),
        ("owner", PASSWORD),
        ("ann", "charlie's password"),
        ("ann", "\0"),
        ("ann", "\ud800"),
        ("\ud800", "x"),
        ("ann\0", PASSWORD),
    ],
)
def test_anything_else_does_not(accounts, ann, name, password):
    assert accounts.check_password(name, password) is None


@pytest.mark.parametrize("name", ["nobody", "owner"])
def test_a_name_without_a_password_costs_as_much_as_a_wrong_password(accounts, ann, name):
    checked = []

    class Counting(PasswordHasher):
        def verify(self, hash, password):  # noqa: A002  # argon2's name
            checked.append(hash)
            return super().verify(hash, password)

    accounts._hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    accounts.check_password(name, "guess")
    accounts.check_password(name, "guess")
    assert len(checked) == 2
    assert checked[0] == checked[1]
    assert checked[0].startswith("$argon2id$")


def test_passwords_are_kept_as_argon2id_at_the_library_s_cost(database):
    accounts = Accounts(database)
    accounts.create("ben", password=PASSWORD)
    with database.reading() as session:
        kept = session.scalars(select(User).where(User.name == "ben")).one().password_hash
    assert kept is not None
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


@pytest.mark.parametrize("password", ["", "seven77", "x" * 1025])
def test_a_password_too_short_or_too_long_is_refused(accounts, ann, password):
    with pytest.raises(InvalidError, match="8 to 1024"):
        accounts.set_password("ann", password)
    assert accounts.check_password("ann", PASSWORD)


@pytest.mark.parametrize("password", ["eight888", "x" * 1024, "пароль на русском", "a\0b and more"])
def test_any_other_password_is_fine(accounts, ann, password):
    accounts.set_password("ann", password)
    assert accounts.check_password("ann", password)


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "-a", "ann@home", "a" * 65, "a\0", "é", "a\n", "../a", "<b>"]
)
def test_a_name_that_is_none_is_refused(accounts, name):
    with pytest.raises(InvalidError, match="user name has 1 to 64"):
        accounts.create(name)


def test_a_name_is_taken_once(accounts, ann):
    with pytest.raises(InvalidError, match="already a user called ann"):
        accounts.create("ann")


def test_a_role_is_one_that_there_is(accounts, ann):
    with pytest.raises(InvalidError, match="admin, member"):
        accounts.create("ben", role="root")
    with pytest.raises(InvalidError, match="admin, member"):
        accounts.set_role("ann", "root")
    with pytest.raises(NotFoundError, match="no user called ben"):
        accounts.named("ben")


def test_the_last_admin_stays_one(accounts, ann):
    with pytest.raises(InvalidError, match="only admin"):
        accounts.set_role("owner", "member")
    accounts.set_role("ann", "admin")
    accounts.set_role("owner", "member")
    assert accounts.named("owner").role == "member"


def test_a_theme_is_remembered_for_its_owner_alone(accounts, ann, owner):
    accounts.set_theme(ann, "dark")
    assert (accounts.named("ann").theme, accounts.named("owner").theme) == ("dark", "system")
    with pytest.raises(InvalidError, match="system, light, dark"):
        accounts.set_theme(ann, "pink")


class TestSignInLinks:
    def test_a_link_signs_its_owner_in_once(self, accounts, ann):
        token = accounts.sign_in_link("ann")
        assert accounts.redeem(token) == ann
        with pytest.raises(GoneError, match="used or has expired"):
            accounts.redeem(token)

    def test_a_link_of_nobody_is_the_first_admin_s(self, accounts, ann):
        assert accounts.redeem(accounts.sign_in_link()).name == "owner"

    def test_a_link_for_somebody_unknown_is_not_made(self, accounts):
        with pytest.raises(NotFoundError, match="no user called zoe"):
            accounts.sign_in_link("zoe")

    @pytest.mark.parametrize("token", ["", "x", "\0", "é" * 5000, "\ud800"])
    def test_a_token_that_was_never_made_is_worth_nothing(self, accounts, token):
        with pytest.raises(GoneError):
            accounts.redeem(token)

    def test_a_link_ends_after_a_day(self, accounts, database, ann):
        token = accounts.sign_in_link("ann")
        later(database, SignInLink, hours=24.01)
        with pytest.raises(GoneError):
            accounts.redeem(token)

    def test_a_link_lasts_nearly_a_day(self, accounts, database, ann):
        token = accounts.sign_in_link("ann")
        later(database, SignInLink, hours=23.9)
        assert accounts.redeem(token) == ann

    def test_of_many_who_use_a_link_at_once_one_gets_in(self, accounts, ann):
        token = accounts.sign_in_link("ann")

        def attempt(_number):
            try:
                return accounts.redeem(token)
            except GoneError:
                return None

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(attempt, range(16))).count(ann) == 1

    def test_a_link_is_not_kept_itself(self, accounts, database, ann):
        token = accounts.sign_in_link("ann")
        with database.reading() as session:
            row = session.scalars(select(SignInLink)).one()
        assert token not in (row.token_hash, str(row.__dict__))
        assert len(token) >= 43


class TestSessions:
    def test_a_session_knows_its_person(self, accounts, ann, owner):
        keys = [accounts.open_session(person) for person in (ann, owner)]
        assert [accounts.viewer_of(key) for key in keys] == [ann, owner]

    @pytest.mark.parametrize("key", ["", "x", "\0", "\ud800"])
    def test_an_unknown_key_is_nobody_s(self, accounts, ann, key):
        accounts.open_session(ann)
        assert accounts.viewer_of(key) is None

    def test_a_closed_session_is_dead_wherever_its_key_is(self, accounts, ann):
        key, other = accounts.open_session(ann), accounts.open_session(ann)
        accounts.close_session(key)
        assert accounts.viewer_of(key) is None
        assert accounts.viewer_of(other) == ann

    def test_a_session_ends_after_thirty_days(self, accounts, database, ann):
        key = accounts.open_session(ann)
        later(database, UserSession, hours=30 * 24 + 0.1)
        assert accounts.viewer_of(key) is None

    def test_a_new_password_signs_out_every_other_browser(self, accounts, ann, stranger):
        mine, other = accounts.open_session(ann), accounts.open_session(ann)
        theirs = accounts.open_session(stranger)
        accounts.set_password("ann", "a new password", keep_session=mine)
        assert accounts.viewer_of(mine) == ann
        assert accounts.viewer_of(other) is None
        assert accounts.viewer_of(theirs) == stranger

    def test_a_password_set_by_command_signs_out_all_browsers(self, accounts, ann):
        key = accounts.open_session(ann)
        accounts.set_password("ann", "a new password")
        assert accounts.viewer_of(key) is None

    def test_keys_are_not_kept_themselves(self, accounts, database, ann):
        key = accounts.open_session(ann)
        with database.reading() as session:
            assert key not in str(session.scalars(select(UserSession)).one().__dict__)


def later(database, table, hours):
    """Let time pass for a table's rows."""
    with database.writing() as session:
        for row in session.scalars(select(table)):
            row.expires_ms -= round(hours * 3_600_000)
