"""What every provider promises. A test module derives a class whose name begins with `Test`.

It gives the fixture `provider`, and where the provider can be made to wait or to fail, also
`slow_provider` and `failing`. Whoever speaks to a server does so with one on this machine.
"""

import logging
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from PIL import Image as PillowImage

from webapp.providers.base import (
    Checkable,
    ImageRequest,
    Provider,
    ProviderError,
    ProviderErrorKind,
    Report,
    patience,
    timed,
)

KINDS = get_args(ProviderErrorKind)
SOON = 0.5  # seconds of computing
LATE = 10.0  # seconds by the clock, for a machine may stop for some
FORMATS = ("PNG", "JPEG", "WEBP")
SENTENCE = re.compile(r"[A-Z\"'“].*[.!?]", re.DOTALL)


def never() -> bool:
    return False


def ignore(share: float, stage: str, preview: bytes | None = None) -> None:
    """Hear how far the work is, and forget it."""


class Stopwatch:
    """Tells whether something took little computing, and not too long by the clock."""

    def __init__(self) -> None:
        self._moment, self._work = time.monotonic(), time.process_time()

    def is_soon(self) -> bool:
        worked = time.process_time() - self._work
        return worked < SOON and time.monotonic() - self._moment < LATE


def late_once(monkeypatch: pytest.MonkeyPatch, is_heard: Callable[[], object]) -> None:
    """Let deadlines pass as soon as a server has heard what is asked; until then there is time.

    A machine that stops for a while on the way there is no time-out then.
    """

    def monotonic() -> float:
        return time.monotonic() / 100 + (1000 if is_heard() else 0)

    for module in (patience, timed):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=monotonic, sleep=time.sleep))


def asked(provider: Provider, **changes: Any) -> ImageRequest:
    """Return a request that a provider's default model takes, with some changes."""
    caps = provider.models()[0]
    request = ImageRequest(
        prompt="a lake at dawn",
        model=caps.id,
        aspect_ratio=caps.aspect_ratios[0],
        size=caps.default_size,
        seed=None if caps.seed == "none" else 7,
    )
    return replace(request, **changes)


def failure(provider: Provider, request: ImageRequest, cancelled=never) -> ProviderError:
    """Return the error that a request ends with; anything else fails the test."""
    with pytest.raises(ProviderError) as caught:
        provider.generate(request, ignore, cancelled)
    return caught.value


def told(error: ProviderError) -> str:
    """Return all that an error could tell somebody, with what led to it."""
    chain = "".join(traceback.format_exception(error))
    return " ".join((str(error), repr(error), error.detail, error.text, chain, repr(vars(error))))


def shape(data: bytes) -> tuple[int, int]:
    """Return the width and height of a picture after decoding all of it."""
    with PillowImage.open(BytesIO(data), formats=FORMATS) as image:
        image.load()
        return image.size


def proportion(ratio: str) -> float:
    across, down = ratio.split(":")
    return int(across) / int(down)


class ProviderContract:
    """The promises; `secrets` are texts that must never be seen anywhere.

    `checks_requests` is false where a request is known to be one that the model takes.
    """

    secrets: tuple[str, ...] = ()
    ratios_tried = 3
    checks_requests = True

    @pytest.fixture
    def provider(self) -> Any:
        """Return the provider, set up and working."""
        pytest.fail("Each provider's tests give theirs.")

    @pytest.fixture
    def slow_provider(self, provider) -> Any:
        """Return the provider while a picture takes seconds."""
        return provider

    @pytest.fixture
    def failing(self, provider) -> list[tuple[Provider, ImageRequest]]:
        """Return providers with requests that fail, each in its own way."""
        return []

    def test_it_has_a_name_and_a_title(self, provider):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", provider.id)
        assert provider.title.strip()

    def test_it_offers_models_at_once_and_asks_nobody(self, provider, monkeypatch):
        def refused(*_: Any) -> None:
            pytest.fail("models() asked somebody")

        monkeypatch.setattr(socket.socket, "connect", refused)
        watch = Stopwatch()
        assert all(provider.models() for _ in range(50))
        assert watch.is_soon()

    def test_its_models_have_names_of_their_own(self, provider):
        models = provider.models()
        assert len({caps.id for caps in models}) == len(models)
        assert all(caps.title.strip() for caps in models)

    def test_its_models_default_to_what_they_offer(self, provider):
        for caps in provider.models():
            assert caps.default_size in caps.sizes
            assert caps.aspect_ratios
            assert all(proportion(ratio) > 0 for ratio in caps.aspect_ratios)
            assert all(not option.mistake(option.default) for option in caps.parameters)

    def test_its_first_model_is_alive(self, provider):
        assert provider.models()[0].shutdown is None

    def test_its_pictures_have_about_the_ratio_that_was_asked_for(self, provider):
        for ratio in provider.models()[0].aspect_ratios[: self.ratios_tried]:
            result = provider.generate(asked(provider, aspect_ratio=ratio), ignore, never)
            width, height = shape(result.data)
            assert width / height == pytest.approx(proportion(ratio), rel=0.1)

    def test_it_says_how_far_it_is_and_never_goes_back(self, provider):
        notes: list[tuple[float, str]] = []

        def hear(share: float, stage: str, preview: bytes | None = None) -> None:
            assert preview is None or shape(preview)
            notes.append((share, stage))

        provider.generate(asked(provider), hear, never)
        shares = [share for share, _ in notes]
        assert shares, "no progress was told"
        assert shares == sorted(shares)
        assert all(0 <= share <= 1 for share in shares)
        assert all(stage.strip() for _, stage in notes)

    def test_it_ends_at_once_when_nobody_waits(self, provider):
        watch = Stopwatch()
        assert failure(provider, asked(provider), lambda: True).kind == "cancelled"
        assert watch.is_soon()

    def test_it_ends_soon_when_nobody_waits_any_more(self, slow_provider):
        left: list[Stopwatch] = []
        leaving = threading.Event()

        def cancelled() -> bool:
            if leaving.is_set() and not left:
                left.append(Stopwatch())
            return bool(left)

        timer = threading.Timer(0.2, leaving.set)
        timer.start()
        try:
            slow_provider.generate(asked(slow_provider), ignore, cancelled)
        except ProviderError as error:
            assert error.kind == "cancelled"  # noqa: PT017  # it may also have been faster than that
        finally:
            timer.cancel()
            timer.join()
        assert not left or left[0].is_soon()

    def test_it_knows_which_models_it_has(self, provider):
        if not self.checks_requests:
            pytest.skip("it takes what it is given")
        error = failure(provider, asked(provider, model="no-such-model-anywhere"))
        assert error.kind == "no_model"

    @pytest.mark.parametrize("wrong", ["size", "aspect_ratio"])
    def test_it_refuses_a_shape_that_it_does_not_make(self, provider, wrong):
        if not self.checks_requests:
            pytest.skip("it takes what it is given")
        assert failure(provider, asked(provider, **{wrong: "97:3"})).kind == "invalid"

    def test_it_fails_in_sentences_of_a_known_kind(self, provider, failing):
        for broken, request in failing:
            error = failure(broken, request)
            assert error.kind in KINDS
            assert error.code == error.kind
            assert SENTENCE.fullmatch(error.message), error.message
            assert error.retry_after is None or error.retry_after >= 0

    def test_it_keeps_its_secrets(self, provider, failing, caplog):
        with caplog.at_level(logging.DEBUG):
            heard = [repr(provider), str(provider)]
            result = provider.generate(asked(provider), ignore, never)
            heard += [result.text, repr(result.meta)]
            heard += [told(failure(broken, request)) for broken, request in failing]
        heard.append(caplog.text)
        assert not [secret for secret in self.secrets if secret in " ".join(heard)]

    def test_it_can_be_checked_where_it_says_so(self, provider):
        if not isinstance(provider, Checkable):
            pytest.skip("it has nothing that could be checked")
        report = provider.check()
        assert isinstance(report, Report)
        assert all(SENTENCE.fullmatch(text) for text in (report.message, *report.warnings))
