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
        limiter.enabled = False
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
            text(
                "insert into user_account (id, name, role, theme, change, image_count, created_ms)"
                " values (9, 'ann', 'member', 'system', 0, 0, 0)"
            )
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


FILLED = """
insert into user_account (id, name, role, theme, change, image_count, created_ms)
  values (1, 'ann', 'member', 'system', 0, 2, 0);
insert into generation (id, uid, owner_id, created_ms, prompt, negative_prompt, provider, model,
  aspect_ratio, size, count, variables)
  values (1, 'abcdefghijk', 1, 0, 'a lake', '', 'plain', 'plain-1', '1:1', '64', 2, '{}'),
  (2, 'kbcdefghija', 1, 0, 'a purged one', 'x', 'plain', 'plain-1', '1:1', '64', 1, '{"a": "b"}');
insert into image (id, uid, owner_id, generation_id, position, state, visibility, created_ms,
  change, born_change, version, prompt, negative_prompt, provider, model, filename, note,
  recognised, width, height, format, has_alpha, bytes, preview, colour, palette, masters, stage,
  progress, error_kind, error_message)
  select id, 'abcdefghij' || id, 1, 1, 0, 'pending', 'private', 0, 0, 0, 1, 'a lake', '', 'plain',
  'plain-1', '', '', '[]', 64, 64, '', false, 0, '', '', '[]', '{}', '', 0, '', ''
  from (select 5 as id union all select 6) as keys;
insert into job (id, kind, subject_id, state, due_ms, attempts, created_ms, error)
  values (1, 'image', 5, 'queued', 0, 0, 0, ''), (2, 'image', 6, 'done', 0, 1, 0, '');
insert into user_session (id, user_id, key_hash, created_ms, expires_ms) values (1, 1, 'x', 0, 9);
insert into rendition_order (image_id, preset, extension) values (5, 'w320', 'webp')
"""
KEPT = ("user_account", "generation", "image", "job", "user_session", "rendition_order")


def counts(engine):
    with engine.connect() as connection:
        return {
            table: connection.execute(text(f"select count(*) from {table}")).scalar_one()
            for table in KEPT
        }


def uses_keys_once(engine):
    """Return whether SQLite promises never to give an image the key of a deleted one."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        sql = connection.execute(text("select sql from sqlite_master where name = 'image'"))
        return "AUTOINCREMENT" in sql.scalar_one()


def test_nothing_is_lost_on_the_way_up_and_down(engine):
    upgrade(revision="0002")
    with engine.begin() as connection:
        for statement in FILLED.split(";"):
            connection.execute(text(statement))
    before = counts(engine)
    upgrade()
    assert counts(engine) == before
    assert uses_keys_once(engine)
    with engine.connect() as connection:
        owners = connection.execute(text("select owner_id from job order by id")).scalars().all()
        prompts = connection.execute(text("select prompt from generation order by id")).scalars()
        assert prompts.all() == ["a lake", ""]  # what was deleted for good is forgotten
    assert owners == [1, None]  # what waits takes turns from now on
    downgrade(revision="0002")
    assert counts(engine) == before
    assert uses_keys_once(engine)


def test_foreign_keys_hold_again_after_a_migration(engine):
    upgrade()
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("pragma foreign_keys").scalar_one() == 1
