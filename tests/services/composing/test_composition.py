from dataclasses import replace

import pytest

from webapp.models import Draft
from webapp.services.composing.composition import Composition

FULL = Composition(
    prompt="a lake\nat dawn 🌅",
    negative_prompt="boats",
    aspect_ratio="16:9",
    count=4,
    model="plain:plain-1",
    size="256",
    seed=7,
    strength=0.4,
    parameters={"steps": "30"},
    template="wide-landscape",
    references=("2345678ABCD",),
    based_on="abcdefghijk",
    variables={"subject": "a lake", "light": "dusk"},
)


@pytest.fixture
def drafts(services):
    return services.composer.drafts


def test_a_draft_comes_back_as_it_was_left(drafts, owner, stranger):
    drafts.save(stranger, Composition(prompt="noise"))
    drafts.save(owner, Composition(prompt="an older one"))
    drafts.save(owner, FULL)
    assert drafts.read(owner) == FULL


def test_whoever_has_typed_nothing_has_an_empty_draft(drafts, owner, stranger):
    drafts.save(stranger, FULL)
    assert drafts.read(owner) == Composition()


def test_a_draft_may_be_too_long_to_be_sent_within_reason(drafts, owner):
    drafts.save(owner, replace(FULL, prompt="x" * 12_000))
    assert len(drafts.read(owner).prompt) == 12_000
    drafts.save(owner, replace(FULL, prompt="x" * 900_000, variables={"a": "y" * 900_000}))
    kept = drafts.read(owner)
    assert len(kept.prompt) == len(kept.variables["a"]) == 20_000


def test_a_mask_is_too_large_for_a_draft(drafts, owner):
    drafts.save(owner, replace(FULL, mask="data:image/png;base64,AAAA"))
    assert drafts.read(owner).mask == ""


def test_a_draft_of_another_version_of_easel_is_read_as_far_as_it_goes(services, drafts, owner):
    with services.gallery._database.writing() as session:
        session.add(Draft(user_id=owner.id, values={"prompt": "old", "style_of_1999": "neon"}))
    assert drafts.read(owner) == Composition(prompt="old")
