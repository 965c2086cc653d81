from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from webapp.providers.base import ProviderError, Report
from webapp.providers.plain import CAPS, PAID, PlainProvider
from webapp.services.composing import composer, model_shop
from webapp.services.templates.drafts import TemplateDraft
from webapp.services.templates.text import Section

NOW = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
TODAY = NOW.date()


class Standing(datetime):
    """A clock that stands: no midnight comes while a test runs."""

    @classmethod
    def now(cls, tz=None):
        return NOW.astimezone(tz)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    for module in (composer, model_shop):
        monkeypatch.setattr(module, "datetime", Standing)


class CheckedProvider(PlainProvider):
    """Has an old model, one that ends soon, and a key to be tested."""

    title = "Checked"

    def __init__(self):
        self.error: ProviderError | None = None

    def models(self):
        soon = replace(CAPS, id="soon", title="Soon gone", shutdown=TODAY + timedelta(days=59))
        late = replace(CAPS, id="late", title="Late", shutdown=TODAY + timedelta(days=61))
        return (replace(soon, successor="late"), late, PAID)

    def retired(self):
        old = replace(CAPS, id="old", title="Old", shutdown=TODAY, successor="older")
        older = replace(CAPS, id="older", title="Older", shutdown=TODAY, successor="late")
        return {"old": old, "older": older}

    def check(self):
        if self.error is not None:
            raise self.error
        return Report("The key works.", ("late",), ("soon is not among its models.",))


def text(answer):
    return answer.get_data(as_text=True).replace("&#39;", "'")


@pytest.fixture
def provider(services):
    made = services.catalogue._providers["checked"] = CheckedProvider()
    yield made
    del services.catalogue._providers["checked"]


def pin(services, owner, title, model):
    draft = TemplateDraft(
        title=title, sections=(Section("", "a lake"),), aspect_ratio="3:2", model=model
    )
    return services.templates.create(owner, draft).slug


def test_each_model_is_shown_with_its_price(browser, provider):
    page = text(browser.get("/settings/models"))
    for words in ("Plain for money", "$0.034 (64), $0.134 (256)", "free", "up to 2 references"):
        assert words in page


def test_a_model_that_takes_one_reference_says_so(browser, provider, monkeypatch):
    monkeypatch.setattr(provider, "models", lambda: (replace(CAPS, max_references=1),))
    page = text(browser.get("/settings/models"))
    assert "one reference" in page
    assert "up to 1 " not in page


def test_a_model_that_ends_within_sixty_days_is_told_of_and_a_later_one_is_not(browser, provider):
    page = text(browser.get("/settings/models"))
    assert "will be shut down on" in page
    assert page.count("will be shut down on") == 1
    assert "Late takes its place." in page
    assert "was shut down on" not in page  # nobody's templates use it
    create = text(browser.get("/create"))
    assert "will be shut down" not in create
    browser.post("/draft", {"model": "checked:soon", "prompt": "x"})
    assert "Soon gone will be shut down on" in text(browser.get("/create"))


def test_all_templates_are_switched_in_one_step(browser, services, owner, stranger, provider):
    mine = [pin(services, owner, f"T{number}", "checked:old") for number in range(3)]
    other = pin(services, owner, "Other", "plain:plain-1")
    theirs = pin(services, stranger, "Theirs", "checked:old")
    page = text(browser.get("/settings/models"))
    assert "3 of your templates use it." in page
    assert "Switch all templates to Late" in page
    answer = browser.post("/settings/models/switch", {"old": "checked:old", "new": "checked:late"})
    assert answer.status_code == 303
    assert "3 templates were switched." in text(browser.get("/settings/models"))
    models = [services.prompts.template(ref, owner).model for ref in (*mine, other)]
    assert models == ["checked:late"] * 3 + ["plain:plain-1"]
    assert services.prompts.template(theirs, stranger).model == "checked:old"
    assert services.prompts.template(mine[0], owner, 1).model == "checked:old"


def test_nobody_switches_to_a_model_that_is_not_there(browser, provider):
    answer = browser.post("/settings/models/switch", {"old": "checked:old", "new": "checked:old"})
    assert answer.status_code == 400
    assert "Old was shut down on" in text(answer)
    assert "Use older." in text(answer)


def test_a_key_that_works_says_so_and_offers_a_picture(browser, provider):
    page = text(browser.post("/settings/models/checked/check", htmx=True))
    assert "Checked works." in page
    assert "soon is not among its models." in page
    assert "Make one with Soon gone (free)" in page.replace("$0", "free")


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("auth", "The key was not accepted"),
        ("permission", "Not allowed with this key"),
        ("quota", "Nothing left at the provider"),
        ("network", "The provider can't be reached"),
    ],
)
def test_a_key_that_does_not_work_says_which_it_is(browser, provider, kind, title):
    provider.error = ProviderError(kind, "Said by the provider's module.")
    for htmx in (False, True):
        page = text(browser.post("/settings/models/checked/check", htmx=htmx))
        assert title in page
        assert "Said by the provider's module." in page


def test_a_provider_that_is_not_there_is_refused(browser):
    assert browser.post("/settings/models/nope/check").status_code == 400


def test_a_recipe_of_a_model_that_is_gone_takes_up_its_heir(browser, services, owner, provider):
    browser.post("/draft", {"model": "checked:old", "prompt": "a lake"})
    page = text(browser.get("/create"))
    assert "Old was shut down on" in page
    assert "Late is chosen in its place." in page
    view = services.composer.view(services.composer.drafts.read(owner), owner)
    assert view.model.value == "checked:late"
