import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image as PillowImage

from tests.imaging.pictures import encoded
from webapp.app import create_app, easel_of
from webapp.cli.background import handlers
from webapp.errors import BusyError
from webapp.extensions import db
from webapp.jobs import InlineRunner, NullRunner
from webapp.models import Job, RenditionOrder
from webapp.providers.plain import PlainProvider
from webapp.services.renditions.maker import RenditionMaker
from webapp.services.renditions.orders import JOB_KIND
from webapp.services.renditions.store import RenditionStore
from webapp.settings import Settings

PRESETS = """{
    "ahead": {"width": 100, "strategy": "optimistic"},
    "later": {"width": 110, "strategy": "background"}
}"""


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path / "data", presets=PRESETS)


@pytest.fixture(autouse=True)
def _long_notes(monkeypatch):
    """Let no note end by itself during a test, on a machine that stops for a while."""
    for name in ("MAKING_SECONDS", "ORDERED_SECONDS", "ABSENT_SECONDS"):
        monkeypatch.setattr(f"webapp.services.renditions.store.{name}", 600)


@pytest.fixture
def photo():
    return encoded(PillowImage.effect_noise((300, 200), 60).convert("RGB"), "JPEG")


@pytest.fixture
def picture(services, owner, photo):
    added = services.images.add_image(owner, photo)
    return services.images.set_visibility(added.id, owner, "unlisted")


def orders(easel):
    with easel.database.reading() as session:
        return {(order.preset, order.extension) for order in session.query(RenditionOrder).all()}


def is_there(services, picture, preset, extension="webp"):
    renditions = services.renditions
    return renditions.find(renditions.by_preset(picture, preset, extension)) is not None


class TestWhenTheWorkIsDoneAtOnce:
    def test_optimistic_presets_are_there_once_a_picture_is_kept(self, services, picture):
        assert [
            name for name in services.renditions.presets if is_there(services, picture, name)
        ] == ["w320", "w640", "ahead"]

    def test_they_are_there_once_one_was_generated(self, services, owner, wish):
        made = services.generator.start(owner, wish).pictures[0]
        made = services.images.get_image(made.id, owner)
        assert is_there(services, made, "ahead")
        assert not is_there(services, made, "small")

    def test_an_optimistic_one_that_got_lost_is_made_when_asked_for(
        self, services, picture, anonymous
    ):
        services.purger.image(picture.id)
        assert anonymous.get(f"/t/ahead/{picture.id}.webp").headers["X-Cache"] == "miss"

    def test_in_another_format_it_is_made_when_asked_for(self, picture, anonymous):
        assert anonymous.get(f"/t/ahead/{picture.id}.png").headers["X-Cache"] == "miss"

    def test_a_background_one_is_there_the_second_time(self, picture, anonymous):
        first = anonymous.get(f"/t/later/{picture.id}.webp")
        second = anonymous.get(f"/t/later/{picture.id}.webp")
        assert first.headers["X-Easel-State"] == "pending"
        assert (second.headers["X-Cache"], second.headers["Cache-Control"]) == (
            "hit",
            "public, max-age=3600, stale-while-revalidate=86400",
        )

    def test_a_background_one_that_cannot_be_made_says_so(self, services, picture, anonymous):
        services.renditions._maker._blobs.delete(picture.blob_key)
        url = f"/t/later/{picture.id}.webp"
        assert anonymous.get(url).headers["X-Easel-State"] == "pending"
        assert anonymous.get(url).status_code == 404

    def test_what_comes_back_from_the_trash_is_made_ahead(self, services, owner, picture):
        services.images.delete_image(picture.id, owner)
        services.purger.image(picture.id)
        services.images.restore(picture.id, owner)
        assert is_there(services, picture, "ahead")

    def test_a_new_focal_point_makes_the_optimistic_ones_anew(self, services, owner, picture):
        moved = services.images.set_focal_point(picture.id, owner, (0.1, 0.9))
        assert is_there(services, moved, "ahead")


class TestWhenTheWorkWaits:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    def test_what_is_made_ahead_is_ordered_with_the_picture(self, easel, picture):
        assert orders(easel) == {("w320", "webp"), ("w640", "webp"), ("ahead", "webp")}

    def test_a_placeholder_of_the_right_size_answers_meanwhile(self, picture, anonymous):
        answer = anonymous.get(f"/t/later/{picture.id}.webp?v={picture.version}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Easel-State"] == "pending"
        assert int(answer.headers["Retry-After"]) > 0
        assert size_of(answer.data) == (110, 73)

    def test_many_askers_place_one_order(self, easel, picture, anonymous):
        for _ in range(5):
            anonymous.get(f"/t/later/{picture.id}.avif")
        assert ("later", "avif") in orders(easel)
        with easel.database.reading() as session:
            jobs = session.query(Job).filter_by(kind=JOB_KIND, subject_id=picture.key).count()
        assert jobs == 2  # that of the optimistic ones, and this

    def test_without_a_cache_to_note_it_there_is_one_job_too(
        self, easel, services, picture, anonymous, monkeypatch
    ):
        monkeypatch.setattr(services.renditions._store, "order", lambda _key: True)
        for _ in range(5):
            anonymous.get(f"/t/later/{picture.id}.webp")
        with easel.database.reading() as session:
            assert session.query(Job).filter_by(kind=JOB_KIND).count() == 2

    def test_an_order_that_fails_can_be_placed_again(
        self, easel, services, picture, anonymous, monkeypatch
    ):
        def busy(*_arguments):
            msg = "The database is busy."
            raise BusyError(msg)

        url = f"/t/later/{picture.id}.webp"
        with monkeypatch.context() as patch:
            patch.setattr(services.renditions._orders, "place", busy)
            assert anonymous.get(url).status_code == 503
        assert anonymous.get(url).status_code == 200
        assert ("later", "webp") in orders(easel)

    def test_what_was_ordered_anew_meanwhile_is_left_to_its_job(
        self, easel, services, owner, picture, monkeypatch
    ):
        rendered = RenditionMaker._rendered

        def moving(self, rendition, effort):
            monkeypatch.setattr(RenditionMaker, "_rendered", rendered)
            services.images.set_focal_point(picture.id, owner, (0.1, 0.1))
            return rendered(self, rendition, effort)

        monkeypatch.setattr(RenditionMaker, "_rendered", moving)
        work_off(easel)
        assert ("ahead", "webp") in orders(easel)
        work_off(easel)
        assert orders(easel) == set()

    def test_nothing_is_rendered_in_a_request(self, picture, anonymous, monkeypatch):
        monkeypatch.setattr(RenditionMaker, "_rendered", unwanted)
        assert anonymous.get(f"/t/later/{picture.id}.webp").status_code == 200

    def test_a_page_of_the_gallery_renders_nothing(self, picture, browser, monkeypatch):
        monkeypatch.setattr(RenditionMaker, "_rendered", unwanted)
        page = browser.get("/").get_data(as_text=True)
        assert f"/t/w640/{picture.id}.webp" in page

    def test_a_worker_fills_the_orders_and_strikes_them_out(self, easel, services, picture):
        work_off(easel)
        assert orders(easel) == set()
        assert is_there(services, picture, "ahead")

    def test_a_worker_leaves_what_was_thrown_away(self, easel, services, owner, picture):
        services.images.delete_image(picture.id, owner)
        work_off(easel)
        assert orders(easel) == set()
        assert not is_there(services, picture, "ahead")

    def test_orders_go_with_a_picture_that_is_purged(self, easel, services, owner, picture):
        services.images.purge(picture.id, owner)
        assert orders(easel) == set()
        work_off(easel)
        with easel.database.reading() as session:
            assert {job.state for job in session.query(Job).filter_by(kind=JOB_KIND)} == {"done"}

    def test_one_that_cannot_be_made_does_not_hold_up_the_others(self, easel, services, picture):
        with easel.database.writing() as session:
            session.add(RenditionOrder(image_id=picture.key, preset="gone", extension="webp"))
        work_off(easel)
        assert orders(easel) == set()
        assert is_there(services, picture, "w640")


def test_a_preset_names_its_strategy_in_the_settings_or_the_start_is_refused(tmp_path):
    settings = Settings(data_dir=tmp_path, presets='{"big": {"width": 9, "strategy": "never"}}')
    with pytest.raises(Exception, match="strategy is one of just_in_time, optimistic, background"):
        create_app(settings)


class TestTwoProcesses:
    """Two apps on one data directory stand for two processes: they share nothing else."""

    @pytest.fixture
    def other_app(self, app, settings):
        other_app = create_app(settings, runner=NullRunner(), providers={"plain": PlainProvider()})
        yield other_app
        with other_app.app_context():
            db.engine.dispose()

    @pytest.fixture
    def plan(self, services, picture):
        return services.renditions.by_preset(picture, "square", "webp")

    def test_with_one_cache_they_make_a_rendition_once(
        self, app, services, other_app, plan, monkeypatch
    ):
        monkeypatch.setattr("webapp.services.renditions.maker.MAKING_SECONDS", 120)
        count, is_awaited = [], threading.Event()
        begin, rendered = RenditionStore.begin, RenditionMaker._rendered

        def begun(self, key):
            is_mine = begin(self, key)
            if not is_mine:
                is_awaited.set()
            return is_mine

        def slowly(self, rendition, effort):
            count.append(1)
            assert is_awaited.wait(60)
            return rendered(self, rendition, effort)

        monkeypatch.setattr(RenditionStore, "begin", begun)
        monkeypatch.setattr(RenditionMaker, "_rendered", slowly)

        def ask(one):
            with one.app_context():
                return easel_of(one).services.renditions.make(plan)

        with ThreadPoolExecutor(2) as pool:
            served = list(pool.map(ask, (app, other_app)))
        assert len(count) == 1
        assert sorted(item.source for item in served) == ["coalesced", "miss"]
        assert served[0].data == served[1].data

    def test_one_that_crashed_at_work_is_waited_for_a_while_only(
        self, services, other_app, plan, monkeypatch
    ):
        monkeypatch.setattr("webapp.services.renditions.maker.MAKING_SECONDS", 0.3)
        assert services.renditions._store.begin(plan.key)
        with other_app.app_context():
            assert easel_of(other_app).services.renditions.make(plan).source == "miss"


def test_what_cannot_be_made_is_not_tried_again_at_once(services, picture, anonymous, monkeypatch):
    store = services.renditions._maker._blobs
    store.delete(picture.blob_key)
    url = f"/t/avatar/{picture.id}.webp"
    first = anonymous.get(url)
    monkeypatch.setattr(RenditionMaker, "_rendered", unwanted)
    second = anonymous.get(url)
    assert first.status_code == second.status_code == 404
    assert first.json == second.json


def test_a_moment_later_it_is_tried_again(services, picture, photo, anonymous):
    blobs, url = services.renditions._maker._blobs, f"/t/avatar/{picture.id}.webp"
    blobs.delete(picture.blob_key)
    assert anonymous.get(url).status_code == 404
    blobs.put(photo, "jpg")
    plan = services.renditions.by_preset(picture, "avatar", "webp")
    services.renditions._store.end(plan.key)  # as when its five seconds are over
    assert anonymous.get(url).status_code == 200


def work_off(easel):
    """Do what waits in the queue."""
    runner = InlineRunner()
    runner.connect(easel.services.jobs, handlers(easel))
    with easel.database.reading() as session:
        job_ids = [job.id for job in session.query(Job).filter_by(state="queued")]
    runner.send(job_ids)


def unwanted(*_arguments):
    pytest.fail("something was rendered")


def size_of(data):
    return PillowImage.open(BytesIO(data)).size
