from contextlib import contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from tests.servers import postgres_url
from webapp.app import create_app, easel_of
from webapp.cli.background import handlers
from webapp.errors import SettingsError
from webapp.extensions import limiter
from webapp.jobs import NullRunner
from webapp.models import Base
from webapp.providers.plain import PlainProvider, png
from webapp.services.requests import GenerationRequest
from webapp.settings import Settings


@contextmanager
def database_of(kind, folder):
    if kind == "sqlite":
        yield ""
    else:
        with postgres_url() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request, tmp_path):
    """Give an Easel whose database is empty."""
    with database_of(request.param, tmp_path) as url:
        limiter.enabled = True
        settings = Settings(data_dir=tmp_path, database_url=url)
        app = create_app(settings, runner=NullRunner(), providers={"plain": PlainProvider()})
        with app.app_context():
            yield app
            app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def engine(app):
    return app.extensions["sqlalchemy"].engine


def test_migrations_give_exactly_the_models_tables(engine):
    upgrade()
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_give_the_models_checks_too(engine):
    upgrade()
    with engine.connect() as connection:
        for table in Base.metadata.tables.values():
            made = {
                check["name"] for check in inspect(connection).get_check_constraints(table.name)
            }
            declared = {
                str(item.name)
                for item in table.constraints
                if type(item).__name__ == "CheckConstraint"
            }
            assert {name.removeprefix(f"ck_{table.name}_") for name in declared} <= {
                str(name).removeprefix(f"ck_{table.name}_") for name in made
            }


def test_upgrading_twice_changes_nothing(engine):
    upgrade()
    with engine.begin() as connection:
        connection.execute(
            text("insert into user_account values (9, 'ann', 'member', null, 'system', 0, 0, 0)")
        )
    upgrade()
    with engine.connect() as connection:
        assert connection.execute(text("select name from user_account")).scalars().all() == ["ann"]


def test_every_step_can_be_taken_back(engine):
    upgrade()
    downgrade(revision="base")
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade()
    with engine.connect() as connection:
        assert "image" in inspect(connection).get_table_names()


def test_the_main_job_works_on_it(app):
    upgrade()
    services = easel_of(app).services
    services.accounts.ensure_owner()
    owner = services.accounts.named("owner")
    kept = services.images.add_image(owner, png(20, 20, b"abc"), filename="a\0b.png")
    request = GenerationRequest(prompt="a\0 lake 🌅", provider="plain", model="plain-1", count=2)
    started = services.generator.start(owner, request)
    for number in range(1, 6):  # two pictures, and what is made ahead of all three
        lease = services.jobs.claim(number, "me")
        assert lease is not None
        handlers(easel_of(app))[lease.kind].run(lease)
    assert services.jobs.counts()["done"] == 5
    ahead = services.renditions.by_preset(kept, "w320", "webp")
    assert services.renditions.find(ahead) is not None
    assert services.purger.image(kept.id) == 2
    assert [item.state for item in services.images.get_images(owner).pictures] == ["ready"] * 3
    assert services.prompts.history(owner)[0].count == 1
    assert services.gallery.queue(owner).done[0].id == started.pictures[1].id
    assert services.changes.since(owner, 0) is not None
    services.images.delete_image(kept.id, owner)
    assert services.gallery.trash(owner).total_bytes == kept.bytes
    assert services.trash.empty(owner) == 1
    assert services.gallery.count(owner) == 2


def test_junk_is_no_fault_on_it(app):
    upgrade()
    services = easel_of(app).services
    services.accounts.ensure_owner()
    client = app.test_client()
    token = services.accounts.sign_in_link()
    assert client.get(f"/welcome?token={token}").status_code == 303
    for path in (
        "/images/%00",
        "/images/x%00y/original",
        "/t/w640/%00.webp",
        "/create?image=%00&template=%00",
        "/?before=9223372036854775807",
        "/?before=4611686018427387903",
        "/trash?before=99999999999",
        "/live?v=999999999999999999",
        "/welcome?token=%00",
        "/composer?model=%00&prompt=%00",
    ):
        assert client.get(path).status_code < 500, path
    app.config["WTF_CSRF_ENABLED"] = False
    junk = {"username": "a\0", "password": "\0", "prompt": "a\0b", "template": "\0", "theme": "\0"}
    junk |= {"visibility": "\0", "var_\0": "\0", "aspect_ratio": "\0", "count": "99999999999"}
    for path in ("/login", "/draft", "/generations", "/settings/theme", "/images/\0/delete"):
        assert client.post(path, data=junk).status_code < 500, path


def test_an_outdated_database_of_ones_own_is_said(app):
    from webapp.cli.session import bring_up_to_date  # noqa: PLC0415

    if not easel_of(app).settings.database_url:
        bring_up_to_date(app)
        return
    with pytest.raises(SettingsError, match="easel db upgrade"):
        bring_up_to_date(app)
    upgrade()
    bring_up_to_date(app)
