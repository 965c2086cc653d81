from typing import get_args

import pytest

from webapp.errors import StorageFullError
from webapp.jobs.execution import ExhaustedError
from webapp.providers.base import ProviderErrorKind
from webapp.services.failures import FAILURES, UNEXPECTED, failure
from webapp.services.images.parents import ReferenceGoneError

OWN = ("interrupted", ReferenceGoneError.code, StorageFullError.code, ExhaustedError.code)


@pytest.mark.parametrize("kind", [*get_args(ProviderErrorKind), *OWN])
def test_every_kind_has_a_title_and_a_next_step(kind):
    found = failure(kind)
    assert found.kind == kind
    assert found.title
    assert not found.title.endswith(".")
    assert found.next_step.endswith(".")


def test_there_is_no_kind_that_nobody_raises():
    assert set(FAILURES) == {*get_args(ProviderErrorKind), *OWN}


@pytest.mark.parametrize("kind", ["", "unknown", "lease_lost"])
def test_an_unknown_kind_is_unexpected(kind):
    assert failure(kind) is UNEXPECTED


def test_something_can_be_done_about_every_failure():
    assert all(item.can_retry or item.can_edit for item in (*FAILURES.values(), UNEXPECTED))


def test_only_what_the_provider_does_not_want_is_a_refusal():
    assert [kind for kind, item in FAILURES.items() if item.is_refusal] == ["blocked"]


@pytest.mark.parametrize("kind", ["interrupted", "timeout"])
def test_what_may_have_been_paid_for_says_so(kind):
    assert "charged" in failure(kind).next_step


@pytest.mark.parametrize("kind", ["cancelled", "interrupted", "blocked", "reference_gone"])
def test_trying_everything_again_leaves_out_what_a_person_has_to_decide(kind):
    assert not failure(kind).is_retried_with_others
