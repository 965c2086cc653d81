import io
import json

import pytest
from PIL import Image as PillowImage

from webapp.app import create_app, easel_of
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.services.failures import FAILURES
from webapp.services.prompts import Section
from webapp.services.templates.drafts import TemplateDraft
from webapp.settings import Settings


@pytest.fixture
def services(data):
    """Return the services of the same data directory, as a server beside the command has them."""
    settings = Settings(data_dir=data)
    app = create_app(settings, runner=NullRunner(), providers={"plain": PlainProvider()})
    with app.app_context():
        services = easel_of(app).services
        services.accounts.ensure_owner()
        yield services
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def owner(services):
    return services.accounts.named("owner")


def made(outcome):
    """Return what a command with --json has made."""
    return json.loads(outcome.out)


class Terminal(io.StringIO):
    """A person's answers."""

    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Let the command think that a person sits before it."""

    def sit(outcome_of):
        monkeypatch.setattr(io, "StringIO", Terminal)
        return outcome_of()

    return sit


def test_pictures_are_made_kept_and_saved(easel, tmp_path):
    folder = tmp_path / "out" / "deep"
    outcome = easel("generate", "a lake", "-n", "2", "--seed", "7", "-o", str(folder), "--json")
    assert outcome.status == 0
    made = json.loads(outcome.out)
    assert [(one["state"], one["seed"], one["error"]) for one in made] == [
        ("ready", 7, None),
        ("ready", 8, None),
    ]
    for one in made:
        with PillowImage.open(one["file"]) as image:
            assert image.size == (one["width"], one["height"]) == (64, 64)
        assert one["file"] == str(folder / f"{one['id']}.png")


def test_what_was_made_is_told_to_people(easel, tmp_path):
    outcome = easel("generate", "a lake", "--aspect-ratio", "3:2", "--size", "256")
    assert (outcome.status, outcome.err) == (0, "")
    assert "256x170  in the gallery" in outcome.out


def test_a_template_can_be_filled(easel):
    outcome = easel(
        *("generate", "--template", "wide-landscape", "--set", "subject=dunes", "--json"),
        *("--aspect-ratio", "16:9"),
    )
    assert outcome.status == 0
    assert json.loads(outcome.out)[0]["state"] == "ready"


@pytest.mark.parametrize("model", ["plain", "plain-1", "plain:plain-1", ""])
def test_a_model_can_be_named_in_every_way(easel, model):
    assert easel("generate", "x", "--model", model).status == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Give either a prompt"),
        (("x", "--template", "wide-landscape"), "Give either a prompt"),
        (("",), "Describe the picture first."),
        (("  ",), "Describe the picture first."),
        (("x", "-n", "0"), "Ask for 1 to 16 pictures"),
        (("x", "-n", "17"), "Ask for 1 to 16 pictures"),
        (("x", "--seed", "-1"), "A seed is a whole number"),
        (("x", "--model", "dalle"), "There is no model 'dalle'"),
        (("x", "--model", "dalle:3"), "There is no provider 'dalle'"),
        (("x", "--aspect-ratio", "5:7"), "is not among the ratios"),
        (("x", "--size", "8K"), "makes pictures of size"),
        (("x", "--user", "zoe"), "no user called zoe"),
        (("--template", "nope"), "There is no template 'nope'"),
        (("--template", "wide-landscape", "--set", "light=lava"), "is one of dawn"),
        (("--template", "wide-landscape", "--set", "light"), "--set takes NAME=VALUE"),
    ],
)
def test_what_can_t_be_made_is_said_in_a_sentence(easel, arguments, sentence):
    outcome = easel("generate", *arguments)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("easel: ")
    assert sentence in outcome.err


def test_a_failure_is_told_and_ends_with_1(easel, tmp_path):
    outcome = easel("generate", "a lake !quota", "-o", str(tmp_path / "out"))
    assert outcome.status == 1
    assert "Plain was asked to fail: quota." in outcome.err
    assert outcome.out == ""


def test_a_folder_that_can_t_be_written_is_said(easel, tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    outcome = easel("generate", "a lake", "-o", str(tmp_path / "file"))
    assert outcome.status == 2
    outcome = easel("generate", "a lake", "-o", str(tmp_path / "file" / "below"))
    assert outcome.status == 1
    assert outcome.err.startswith("easel: ")


def test_a_failure_is_told_to_programs_with_what_to_do(easel):
    [one] = made(easel("generate", "a lake !blocked", "--json"))
    assert one["error"] == {
        "kind": "blocked",
        "message": "Plain was asked to fail: blocked.",
        "next_step": FAILURES["blocked"].next_step,
    }
    assert (one["state"], one["file"], one["cost"]) == ("failed", None, 0)


def test_alternatives_make_pictures_of_each(easel):
    outcome = easel("generate", "a {red|blue} {kite|boat}", "-n", "2", "--json")
    assert outcome.status == 0
    assert [one["prompt"] for one in made(outcome)] == [
        prompt
        for prompt in ("a red kite", "a red boat", "a blue kite", "a blue boat")
        for _ in range(2)
    ]


def test_too_many_alternatives_are_refused_before_anything_is_made(easel, services, owner):
    outcome = easel("generate", "{a|b|c|d|e}" * 3)
    assert outcome.status == 1
    assert "125 prompts" in outcome.err
    assert services.gallery.count(owner) == 0


def test_a_file_to_work_from_goes_into_the_gallery_first(easel, services, owner, tmp_path):
    file = tmp_path / "mine.png"
    file.write_bytes(png(40, 30, b"abc"))
    outcome = easel("generate", "bluer", "--reference", str(file), "--strength", "0.3", "--json")
    [one] = made(outcome)
    view = services.generations.get(one["generation"], owner)
    [uploaded] = services.images.get_images(owner, show="uploads").pictures
    assert uploaded.filename == "mine.png"
    assert view.references == (uploaded.id,)
    assert view.strength == 0.3


def test_several_pictures_to_work_from_keep_their_order(easel, services, owner, tmp_path):
    known = services.images.add_image(owner, png(40, 30, b"xyz"))
    file = tmp_path / "second.png"
    file.write_bytes(png(40, 30, b"abc"))
    pair = ("--reference", known.id, "--reference", str(file))
    [one] = made(easel("generate", "both", *pair, "--json"))
    references = services.generations.get(one["generation"], owner).references
    assert references[0] == known.id
    assert len(references) == 2


@pytest.mark.parametrize("text", ["nowhere.png", "11111111111", "x" * 5000])
def test_what_is_neither_file_nor_picture_is_said(easel, text):
    outcome = easel("generate", "x", "--reference", text)
    assert outcome.status == 1
    assert "neither a file nor a picture of yours" in outcome.err


def test_somebody_elses_picture_is_none_of_yours(easel, services):
    charlie = services.accounts.create("charlie", password="charlie's password")
    theirs = services.images.add_image(charlie, png(40, 30, b"abc"))
    outcome = easel("generate", "x", "--reference", theirs.id)
    assert outcome.status == 1
    assert "neither a file nor a picture of yours" in outcome.err


def test_nothing_is_uploaded_for_a_request_that_is_refused(easel, services, owner, tmp_path):
    file = tmp_path / "mine.png"
    file.write_bytes(png(40, 30, b"abc"))
    outcome = easel("generate", "x", "--reference", str(file), "--strength", "7")
    assert outcome.status == 1
    assert "The strength is a number from 0 to 1." in outcome.err
    assert services.gallery.count(owner) == 0


def test_a_file_that_is_no_picture_is_said(easel, tmp_path):
    (tmp_path / "notes.txt").write_text("no picture", "utf-8")
    outcome = easel("generate", "x", "--reference", str(tmp_path / "notes.txt"))
    assert outcome.status == 1
    assert outcome.err.startswith("easel: ")


def test_a_models_own_settings_are_passed_on(easel, services, owner):
    [one] = made(easel("generate", "x", "--parameter", "steps=30", "--json"))
    assert services.generations.get(one["generation"], owner).parameters == {"steps": "30"}


@pytest.mark.parametrize(
    ("parameter", "sentence"),
    [
        ("steps=99", "Steps is a number from 1 to 50."),
        ("stpes=30", "Plain has no setting 'stpes'. It has steps."),
        ("steps", "--parameter takes NAME=VALUE"),
    ],
)
def test_a_setting_that_can_t_be_is_said(easel, parameter, sentence):
    outcome = easel("generate", "x", "--parameter", parameter)
    assert outcome.status == 1
    assert sentence in outcome.err


def test_a_gap_that_is_none_is_said(easel):
    outcome = easel("generate", "--template", "wide-landscape", "--set", "weather=mist")
    assert outcome.status == 1
    assert "Wide landscape has no gap 'weather'. It has subject, light." in outcome.err


def test_a_template_of_ones_own_goes_by_its_id(easel, services, owner):
    draft = TemplateDraft(title="Kites", sections=(Section("", "a {red|blue} kite"),))
    template = services.templates.create(owner, draft)
    outcome = easel("generate", "--template", template.slug, "--json")
    assert [one["prompt"] for one in made(outcome)] == ["a red kite", "a blue kite"]


class TestMoney:
    PAID = ("generate", "gold", "--model", "plain-paid", "-n", "2")

    def test_what_it_will_cost_is_said_first_and_what_it_did_afterwards(self, easel):
        outcome = easel(*self.PAID)
        assert outcome.status == 0
        assert outcome.err == "2 pictures for $0.068.\n"
        assert outcome.out.count("64x64  $0.034  in the gallery") == 2

    def test_programs_are_told_in_dollars(self, easel):
        assert [one["cost"] for one in made(easel(*self.PAID, "--json"))] == [0.034, 0.034]

    def test_a_person_is_asked_before_money_is_spent(self, easel, services, owner, terminal):
        refused = terminal(lambda: easel(*self.PAID, stdin="n\n"))
        assert refused.status == 1
        assert "2 pictures for $0.068." in refused.err
        assert "Go on?" in refused.err
        assert services.gallery.count(owner) == 0
        assert terminal(lambda: easel(*self.PAID, stdin="y\n")).status == 0
        assert services.gallery.count(owner) == 2

    def test_yes_asks_nothing(self, easel, terminal):
        outcome = terminal(lambda: easel(*self.PAID, "--yes"))
        assert outcome.status == 0
        assert "Go on?" not in outcome.err

    def test_nobody_is_asked_about_what_is_free(self, easel, terminal):
        outcome = terminal(lambda: easel("generate", "air"))
        assert (outcome.status, outcome.err) == (0, "")

    def test_a_budget_is_kept_and_told_in_a_sentence(self, easel, services, owner):
        services.budgets.set_limits(owner.id, 50_000, None)
        outcome = easel(*self.PAID)
        assert outcome.status == 1
        assert "Your budget for this day is $0.05" in outcome.err
        assert services.gallery.count(owner) == 0
