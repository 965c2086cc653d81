"""Whatever a server answers ends as a picture or as a ProviderError."""

import json
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.providers.base import ProviderError, ProviderErrorKind
from webapp.providers.gemini import answer
from webapp.providers.gemini.discretion import Discretion
from webapp.providers.gemini.refusals import Refusal

KEY = "AIza-a-key-that-is-never-seen"
NAMES = st.sampled_from(
    [
        "error", "code", "message", "status", "details", "reason", "violations", "quotaId",
        "retryDelay", "candidates", "content", "parts", "inlineData", "data", "text", "thought",
        "finishReason", "finishMessage", "promptFeedback", "blockReason", "usageMetadata",
        "candidatesTokensDetails", "modality", "tokenCount", "modelVersion", "responseId",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    ["", "STOP", "SAFETY", "IMAGE", "17s", "9" * 400 + "s", "PerDay", KEY, "{x}"]
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=20)
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)


def told(error: ProviderError) -> str:
    assert error.kind in get_args(ProviderErrorKind)
    assert str(error).endswith(".")
    return " ".join((str(error), error.detail, error.text))


@settings(max_examples=150)
@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_any_answer_is_a_picture_or_a_failure(content):
    try:
        result = answer.read(json.dumps(content), Discretion(KEY)).result(7, 30)
    except ProviderError as error:
        assert KEY not in told(error)  # noqa: PT017  # either is fine
    else:
        assert KEY not in repr(result)


@settings(max_examples=150)
@given(st.integers(100, 999), JSON, st.text(max_size=20))
def test_any_refusal_has_a_kind_and_a_sentence(code, content, header):
    error = Refusal(code, content, header).told("{model}", "", "")
    assert told(error)
    assert error.retry_after is None or 0 <= error.retry_after <= 7 * 24 * 3600
