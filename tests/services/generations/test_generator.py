import unicodedata
from dataclasses import replace
from itertools import groupby
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.cli.background import handlers
from webapp.errors import BusyError, InvalidError, NotFoundError
from webapp.jobs import InlineRunner, NullRunner
from webapp.models import Image, Job
from webapp.providers.base import ImageRequest, ImageResult, ProviderError, ProviderErrorKind
from webapp.providers.plain import CAPS, PlainProvider
from webapp.providers.sketch.sizes import ASPECT_RATIOS, SIZES, dimensions
from webapp.services.failures import UNEXPECTED
from webapp.services.requests import (
    LARGEST_SEED,
    MOST_MARKS,
    GenerationRequest,
    checked,
    clean,
    expected_size,
)


def nothing(request):
    """Let the provider go on."""


class ScriptedProvider(PlainProvider):
    """Does what the test says, before it paints."""

    def __init__(self):
        self.before = nothing
        self.asked: list[ImageRequest] = []
        self.caps = CAPS

    def models(self):
        return (self.caps,)

    def generate(self, request, progress, cancelled):
        self.asked.append(request)
        changed = self.before(request)
        return changed or super().generate(request, progress, cancelled)


@pytest.fixture
def provider(services):
    scripted = ScriptedProvider()
    services.catalogue._providers["plain"] = scripted
    return scripted


@pytest.fixture
def generator(services):
    return services.generator


def now(services, picture, person):
    return services.images.get_image(picture.id, person)


def fail_with(provider, error):
    def before(_request):
        raise error

    provider.before = before


class TestWaiting:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    def test_pending_pictures_are_there_at_once_with_their_size(
        self, services, generator, owner, wish, noise
    ):
        started = generator.start(owner, replace(wish, count=3))
        shown = services.images.get_images(owner).pictures
        assert [picture.id for picture in shown] == [item.id for item in started.pictures][::-1]
        for picture in shown:
            assert picture.is_pending
            assert (picture.width, picture.height) == expected_size("3:2", "64")
            assert picture.prompt == "a lake at dawn"

    def test_each_picture_of_a_batch_has_its_own_job(self, services, generator, owner, wish):
        generator.start(owner, replace(wish, count=3))
        assert services.jobs.counts()["queued"] == 3

    def test_seeds_count_up_from_the_one_asked_for(self, generator, owner, wish):
        started = generator.start(owner, replace(wish, count=3, seed=LARGEST_SEED))
        assert [item.seed for item in started.pictures] == [LARGEST_SEED, 0, 1]

    def test_chance_gives_each_generation_another_seed(self, generator, owner, wish):
        wish = replace(wish, seed=None)
        seeds = {generator.start(owner, wish).pictures[0].seed for _ in range(4)}
        assert len(seeds) == 4

    def test_a_model_without_seeds_is_given_none(self, services, generator, owner, wish):
        provider = ScriptedProvider()
        provider.caps = replace(CAPS, seed="none")
        services.catalogue._providers["plain"] = provider
        assert generator.start(owner, wish).pictures[0].seed is None

    def test_a_refused_request_leaves_nothing(self, services, generator, owner, wish):
        with pytest.raises(InvalidError):
            generator.start(owner, replace(wish, count=17))
        assert services.images.get_images(owner).pictures == ()
        assert services.jobs.counts()["queued"] == 0

    def test_a_cancelled_picture_says_so_and_its_job_never_runs(
        self, services, generator, owner, wish
    ):
        picture = generator.start(owner, wish).pictures[0]
        cancelled = generator.cancel(picture.id, owner)
        assert (cancelled.state, cancelled.error_kind) == ("failed", "cancelled")
        assert services.jobs.counts()["cancelled"] == 1
        assert services.jobs.claim(1, "late worker") is None

    def test_cancelling_one_leaves_its_siblings_waiting(self, services, generator, owner, wish):
        pictures = generator.start(owner, replace(wish, count=3)).pictures
        generator.cancel(pictures[1].id, owner)
        states = [now(services, picture, owner).state for picture in pictures]
        assert states == ["pending", "failed", "pending"]

    def test_nobody_else_can_cancel_or_retry(self, generator, owner, stranger, wish):
        picture = generator.start(owner, wish).pictures[0]
        for act in (generator.cancel, generator.retry):
            with pytest.raises(NotFoundError):
                act(picture.id, stranger)

    def test_what_waits_cannot_be_tried_again(self, generator, owner, wish):
        picture = generator.start(owner, wish).pictures[0]
        with pytest.raises(InvalidError, match="could not be made"):
            generator.retry(picture.id, owner)

    def test_a_job_that_was_taken_over_keeps_nothing(self, services, generator, owner, wish):
        picture = generator.start(owner, wish).pictures[0]
        late = services.jobs.claim(1, "late")
        expire(services, 1)
        quick = services.jobs.claim(1, "quick")
        with pytest.raises(Exception, match="taken over"):
            services.maker.run(late)
        assert now(services, picture, owner).is_pending
        services.maker.run(quick)
        assert now(services, picture, owner).is_ready
        assert services.jobs.counts()["done"] == 1

    def test_the_work_of_a_purged_picture_ends_quietly(self, services, generator, owner, wish):
        picture = generator.start(owner, wish).pictures[0]
        lease = services.jobs.claim(1, "me")
        with services.gallery._database.writing() as session:
            session.delete(session.get_one(Image, picture.key))
        services.maker.run(lease)
        assert services.jobs.counts()["done"] == 1

    def test_work_that_was_interrupted_too_often_is_given_up(
        self, easel, services, generator, owner, wish
    ):
        picture = generator.start(owner, wish).pictures[0]
        for _ in range(3):
            assert services.jobs.claim(1, "dies")
            expire(services, 1)
        runner = InlineRunner()
        runner.connect(services.jobs, handlers(easel))
        runner.send([1])
        failed = now(services, picture, owner)
        assert (failed.state, failed.error_kind) == ("failed", "exhausted")


def expire(services, job_id):
    with services.gallery._database.writing() as session:
        session.get_one(Job, job_id).due_ms -= 3_600_000


def test_a_picture_is_kept_with_all_that_is_known_of_it(services, generator, owner, wish, noise):
    picture = now(services, generator.start(owner, wish).pictures[0], owner)
    assert picture.is_ready
    assert (picture.width, picture.height, picture.format) == (64, 42, "png")
    assert (picture.provider, picture.model, picture.seed) == ("plain", "plain-1", 7)
    assert picture.seconds >= 0
    assert (picture.stage, picture.progress) == ("", 100)
    assert len(services.images.original(picture).read_bytes()) == picture.bytes
    assert 90 <= len(picture.preview) <= 230


def test_what_the_provider_says_is_kept(services, generator, owner, wish, provider):
    def before(request):
        made = PlainProvider().generate(request, lambda *_: None, lambda: False)
        return replace(made, seed=99, text="A note.", recognised=("lake", "dawn"))

    provider.before = before
    picture = now(services, generator.start(owner, wish).pictures[0], owner)
    assert (picture.seed, picture.note, picture.recognised) == (99, "A note.", ("lake", "dawn"))


def test_the_provider_is_asked_for_what_was_wished(generator, owner, wish, provider):
    generator.start(owner, replace(wish, negative_prompt="boats", size="256"))
    asked = provider.asked[0]
    assert (asked.prompt, asked.negative_prompt) == ("a lake at dawn", "boats")
    assert (asked.aspect_ratio, asked.size, asked.seed) == ("3:2", "256", 7)


@pytest.mark.parametrize("kind", get_args(ProviderErrorKind))
def test_every_kind_of_failure_is_told_with_its_sentence(services, generator, owner, wish, kind):
    started = generator.start(owner, replace(wish, prompt=f"a lake !{kind}"))
    picture = now(services, started.pictures[0], owner)
    assert (picture.state, picture.error_kind) == ("failed", kind)
    assert picture.error_message == f"Plain was asked to fail: {kind}."
    assert services.jobs.counts()["failed"] == 1


def test_an_unexpected_error_is_told_without_its_internals(
    services, generator, owner, wish, provider
):
    fail_with(provider, KeyError("AIza-secret /srv/easel/models.py line 7"))
    picture = now(services, generator.start(owner, wish).pictures[0], owner)
    assert (picture.error_kind, picture.error_message) == ("unexpected", UNEXPECTED.next_step)


@pytest.mark.parametrize("data", [b"", b"<html>quota</html>", b"\x89PNG\r\n\x1a\n"])
def test_a_provider_that_sends_no_picture_has_failed(
    services, generator, owner, wish, provider, data
):
    provider.before = lambda request: ImageResult(data)
    picture = now(services, generator.start(owner, wish).pictures[0], owner)
    assert (picture.state, picture.error_kind) == ("failed", "bad_response")
    assert picture.error_message.endswith(".")


def test_a_batch_can_fail_in_part(services, generator, owner, wish, provider):
    def before(request):
        if request.seed == 8:
            raise ProviderError(kind="blocked", message="No.")

    provider.before = before
    pictures = generator.start(owner, replace(wish, count=3)).pictures
    assert [now(services, item, owner).state for item in pictures] == ["ready", "failed", "ready"]


def test_trying_again_keeps_the_address(services, generator, owner, wish, provider):
    fail_with(provider, ProviderError("rate_limit", "Later."))
    picture = generator.start(owner, wish).pictures[0]
    assert now(services, picture, owner).state == "failed"
    provider.before = nothing
    generator.retry(picture.id, owner)
    again = now(services, picture, owner)
    assert (again.is_ready, again.id, again.seed) == (True, picture.id, picture.seed)
    assert (again.error_kind, again.error_message) == ("", "")


def test_what_is_ready_or_brought_or_deleted_cannot_be_tried_again(
    services, generator, owner, wish, a_picture
):
    ready = generator.start(owner, wish).pictures[0]
    upload = services.images.add_image(owner, a_picture)
    broken = generator.start(owner, replace(wish, prompt="!quota")).pictures[0]
    services.images.delete_image(broken.id, owner)
    for picture in (ready, upload, broken):
        with pytest.raises(InvalidError):
            generator.retry(picture.id, owner)


def test_a_result_that_comes_after_cancelling_is_dropped(
    services, generator, owner, wish, provider
):
    def before(request):
        generator.cancel(services.images.get_images(owner).pictures[0].id, owner)

    provider.before = before
    picture = now(services, generator.start(owner, wish).pictures[0], owner)
    assert (picture.state, picture.error_kind) == ("failed", "cancelled")
    assert services.jobs.counts()["cancelled"] == 1


def test_cancelling_what_is_ready_changes_nothing(services, generator, owner, wish):
    picture = generator.start(owner, wish).pictures[0]
    assert generator.cancel(picture.id, owner).is_ready


def test_a_picture_purged_while_it_is_made_stays_gone(services, generator, owner, wish, provider):
    def before(request):
        services.images.purge(services.images.get_images(owner).pictures[0].id, owner)

    provider.before = before
    generator.start(owner, wish)
    assert services.images.get_images(owner).pictures == ()
    assert services.gallery.count(owner) == 0


def test_a_busy_moment_postpones_the_work(services, generator, owner, wish, provider):
    fail_with(provider, BusyError("The database is busy.", retry_after=60))
    picture = generator.start(owner, wish).pictures[0]
    assert now(services, picture, owner).is_pending
    assert services.jobs.counts()["queued"] == 1


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "empty": ({"prompt": ""}, "prompt", "Describe the picture first"),
    "only blanks": ({"prompt": " \n\t "}, "prompt", "Describe the picture first"),
    "only controls": ({"prompt": "\0\x07\x1b"}, "prompt", "Describe the picture first"),
    "too long": ({"prompt": "x" * 10_001}, "prompt", "10,000 characters; these are 10,001"),
    "long negative": ({"negative_prompt": "x" * 10_001}, "negative_prompt", "10,000"),
    "no pictures": ({"count": 0}, "count", "1 to 16"),
    "too many": ({"count": 17}, "count", "1 to 16"),
    "less than none": ({"count": -1}, "count", "1 to 16"),
    "negative seed": ({"seed": -1}, "seed", "0 to 4294967295"),
    "huge seed": ({"seed": LARGEST_SEED + 1}, "seed", "0 to 4294967295"),
    "ratio": ({"aspect_ratio": "7:5"}, "aspect_ratio", "1:1, 3:2"),
    "junk ratio": ({"aspect_ratio": "x" * 999}, "aspect_ratio", "not among"),
    "size": ({"size": "8K"}, "size", "64, 256"),
    "model": ({"model": "plain-9"}, "model", "There are plain-1"),
    "provider": ({"provider": "dalle"}, "model", "There are plain"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wish_that_cannot_be_met_is_refused_with_a_reason(generator, owner, wish, name):
    change, field, sentence = BAD[name]
    with pytest.raises(InvalidError, match=sentence) as caught:
        generator.start(owner, replace(wish, **change))
    assert list(caught.value.fields) == [field]
    assert len(str(caught.value)) < 300


def test_all_mistakes_of_a_wish_are_told_together(generator, owner, wish):
    with pytest.raises(InvalidError) as caught:
        generator.start(owner, replace(wish, prompt="", count=0, seed=-1))
    assert set(caught.value.fields) == {"prompt", "count", "seed"}


@pytest.mark.parametrize(
    ("prompt", "kept"),
    [
        ("x" * 10_000, "x" * 10_000),
        ("مرفأ عند الغروب", "مرفأ عند الغروب"),
        ("\u202ea reversed lake\u202c", "\u202ea reversed lake\u202c"),
        ("👩‍🎨 paints 🏳️‍🌈", "👩‍🎨 paints 🏳️‍🌈"),
        ("a\0b\x07c\x7f\x9b", "abc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("e\u0301", "é"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; drop table image; --", "'; drop table image; --"),
        ("{0.__class__} {{7*7}}", "{0.__class__} {{7*7}}"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_every_other_prompt_gives_a_picture_and_is_kept(
    services, generator, owner, wish, prompt, kept
):
    picture = now(services, generator.start(owner, replace(wish, prompt=prompt)).pictures[0], owner)
    assert (picture.is_ready, picture.prompt) == (True, kept)


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_a_prompt_is_refused_or_becomes_clean_text(prompt):
    wish = GenerationRequest(prompt=prompt, provider="plain", model="plain-1")
    try:
        kept = checked(wish, CAPS).prompt
    except InvalidError:
        assert not prompt.strip() or not any(letter.isprintable() for letter in prompt.strip())
        return
    assert kept.strip() == kept != ""
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in kept)
    kept.encode()


@pytest.mark.parametrize(
    "marks",
    [
        "\u0300\u0316" * 2_000,
        "\u0344" * 2_000,  # unfolds to two
        "\u0f73" * 2_000,  # unfolds to two, and says itself that it is none
        ("\u0300" * 20 + "\0") * 200,
        ("\u0316" * 20 + "\ud800") * 200,
    ],
    ids=ascii,
)
def test_no_letter_carries_more_marks_than_can_be_put_in_order_soon(marks):
    cleaned = clean(f"a{marks}")
    unfolded = unicodedata.normalize("NFD", cleaned)
    runs = [len(list(run)) for is_mark, run in groupby(unfolded, _is_mark) if is_mark]
    assert max(runs) <= MOST_MARKS
    assert clean(cleaned) == cleaned


def _is_mark(letter):
    return unicodedata.combining(letter) > 0


@pytest.mark.parametrize(
    "text", ["a" + "\u0316" * 28 + "\u0300", "👩‍🎨" * 40, "\u0915\u094d\u0937" * 40]
)
def test_marks_that_people_write_stay(text):
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_what_is_far_too_long_is_counted_as_it_was_sent_and_not_looked_at(wish):
    with pytest.raises(InvalidError, match="10,000 characters; these are 30,000"):
        checked(replace(wish, prompt="e\u0301" * 15_000), CAPS)


def test_a_negative_prompt_is_dropped_where_the_model_has_none(wish):
    caps = replace(CAPS, negative_prompt=False, seed="none")
    cleaned = checked(replace(wish, negative_prompt="boats"), caps)
    assert (cleaned.negative_prompt, cleaned.seed) == ("", None)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_the_size_to_expect_of_sketch_is_exact(ratio, size):
    assert expected_size(ratio, size) == dimensions(ratio, size)


@pytest.mark.parametrize(
    ("ratio", "size", "expected"),
    [
        ("1:1", "1K", (1024, 1024)),
        ("16:9", "1K", (1360, 768)),
        ("9:16", "1K", (768, 1360)),
        ("21:9", "2K", (2048, 880)),
        ("1:1", "64", (64, 64)),
        ("1:1", "nonsense", (1024, 1024)),
        ("nonsense", "", (1024, 1024)),
        ("0:0", "1K", (1024, 1024)),
        ("1:0", "1K", (1024, 1024)),
    ],
)
def test_the_size_to_expect_follows_ratio_and_size(ratio, size, expected):
    assert expected_size(ratio, size) == expected
