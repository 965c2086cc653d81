"""An answer of `generateContent`: the picture in it, or why there is none.

The JSON is read here and not by google-genai, which drops the explanation of a finish reason,
warns of reasons that are newer than itself, and believes what a picture says of its own format.
Its form is that of `GenerateContentResponse` in the Gemini API.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from webapp.providers.base import ImageResult, ProviderError
from webapp.providers.gemini import reasons
from webapp.providers.gemini.discretion import Discretion
from webapp.providers.gemini.tokens import Tokens

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
NO_JSON = "Gemini's answer can't be read: it is no JSON. Check EASEL_GEMINI__BASE_URL."
NO_PICTURE = "Gemini sent something that is no PNG, JPEG or WebP picture. Try again."
LONGEST_NOTE = 200  # characters


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; anything may be in it."""

    content: dict[str, Any]
    discretion: Discretion

    @property
    def tokens(self) -> Tokens:
        """What was counted."""
        return Tokens(_table(self.content.get("usageMetadata")))

    def result(self, seed: int | None, cost: int | None) -> ImageResult:
        """Return the picture, with its cost in millionths of a US dollar where that is known.

        Raises ProviderError: `blocked`, `no_image`, or `bad_response` for what is no picture.
        """
        return ImageResult(
            data=self._picture(),
            seed=seed,
            text=self._words(),
            meta=self._notes(),
            cost=cost,
        )

    def _picture(self) -> bytes:
        """Return the picture that is meant: the last one.

        A thinking model sends drafts first, marked as thoughts. Now and then the only picture is
        marked so too: then it is the one that was made.
        """
        sent = list(self._pictures(are_thoughts=False))
        if not sent and self._finish() in ("", "STOP"):
            sent = list(self._pictures(are_thoughts=True))
        if not sent:
            raise self._refusal()
        for text in reversed(sent):
            data = _decoded(text)
            if _is_picture(data):
                return data
        begin = _decoded(sent[-1])[:40] or sent[-1][:40]
        raise _unusable(NO_PICTURE, self.discretion.detail(f"no picture: {begin!r}"))

    def _pictures(self, *, are_thoughts: bool) -> Iterator[str]:
        for part in self._parts():
            inline = _table(part.get("inlineData") or part.get("inline_data"))
            if inline and (part.get("thought") is True) == are_thoughts:
                yield _text(inline.get("data"))

    def _refusal(self) -> ProviderError:
        feedback = _table(self.content.get("promptFeedback"))
        block, finish = _text(feedback.get("blockReason")), self._finish()
        words = self._words()
        if not self._candidate():
            kind, sentence = reasons.refused(block) if block else reasons.EMPTY
        else:
            kind, sentence = reasons.finished(finish, has_words=bool(words))
        why = feedback.get("blockReasonMessage") or self._candidate().get("finishMessage")
        # Who gives no reason gives no account either.
        is_charged = self.tokens.images > 0 or not (block or finish)
        return ProviderError(
            kind,
            f"{sentence} {reasons.CHARGED}" if is_charged else sentence,
            detail=self.discretion.detail(f"{block or finish or 'no reason'}: {why or '-'}"),
            may_have_cost=is_charged,
            text=words,
        )

    def _words(self) -> str:
        texts = [
            _text(part.get("text")) for part in self._parts() if part.get("thought") is not True
        ]
        return self.discretion.text("\n".join(text for text in texts if text))

    def _notes(self) -> dict[str, str]:
        named = {name: _text(self.content.get(name)) for name in ("responseId", "modelVersion")}
        return {
            name: self.discretion.text(text)[:LONGEST_NOTE] for name, text in named.items() if text
        }

    def _candidate(self) -> dict[str, Any]:
        return next((_table(item) for item in _list(self.content.get("candidates"))), {})

    def _finish(self) -> str:
        return _text(self._candidate().get("finishReason"))

    def _parts(self) -> list[dict[str, Any]]:
        content = _table(self._candidate().get("content"))
        return [_table(part) for part in _list(content.get("parts"))]


def read(body: str, discretion: Discretion) -> Answer:
    """Return an answer from its JSON; raises ProviderError `bad_response`. An empty one is fine."""
    try:
        content = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise _unusable(NO_JSON, discretion.detail(f"no JSON: {body}"))
    return Answer(content, discretion)


def _unusable(sentence: str, detail: str) -> ProviderError:
    return ProviderError(
        "bad_response", f"{sentence} {reasons.CHARGED}", detail=detail, may_have_cost=True
    )


def _is_picture(data: bytes) -> bool:
    return data.startswith(PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _decoded(text: str) -> bytes:
    """Return the bytes of a base64 text of either alphabet, none where it is broken."""
    altchars = "-_" if "-" in text or "_" in text else None
    try:
        return base64.b64decode(text, altchars, validate=True)
    except (ValueError, binascii.Error):
        return b""


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
