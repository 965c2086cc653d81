"""Why Gemini gave no picture although it answered: its finish and block reasons, in our words.

The names are those of `FinishReason` and `BlockedReason` in google-genai 3.4.0 (`types.py`). The
service explains some of them itself (`finishMessage`), which is for the log only.
"""

from webapp.providers.base import ProviderErrorKind

Said = tuple[ProviderErrorKind, str]
"""A kind of failure and its sentence."""

CHARGED = "The picture may have been made, and charged, all the same."
"""Said whenever it is so."""

_REWORD = "Say it in other words."
_AGAIN = "Try again, or say more plainly what the picture shows."

FINISHED: dict[str, Said] = {
    "STOP": ("no_image", f"Gemini answered without a picture. {_AGAIN}"),
    "SAFETY": ("blocked", f"Gemini's safety filter stopped the answer. {_REWORD}"),
    "IMAGE_SAFETY": (
        "blocked",
        f"Gemini made a picture, and its safety filter held it back. {_REWORD}",
    ),
    "PROHIBITED_CONTENT": ("blocked", f"Gemini does not make what its rules forbid. {_REWORD}"),
    "IMAGE_PROHIBITED_CONTENT": (
        "blocked",
        f"Gemini held the picture back, because its rules forbid what it shows. {_REWORD}",
    ),
    "BLOCKLIST": ("blocked", f"A word is on Gemini's list of blocked words. {_REWORD}"),
    "SPII": ("blocked", f"Gemini stopped because of personal data. {_REWORD}"),
    "RECITATION": ("blocked", f"The answer came too close to a known work. {_REWORD}"),
    "IMAGE_RECITATION": (
        "blocked",
        f"Gemini held the picture back, because it came too close to a known one. {_REWORD}",
    ),
    "MODEL_ARMOR": ("blocked", f"A filter of the Google project stopped the answer. {_REWORD}"),
    "LANGUAGE": ("invalid", "Gemini does not know the language of the prompt. Write in English."),
    "MAX_TOKENS": (
        "no_image",
        "Gemini's answer grew too long before a picture came. Shorten the prompt.",
    ),
    "NO_IMAGE": ("no_image", f"Gemini made no picture of this. {_AGAIN}"),
    "IMAGE_OTHER": ("no_image", f"Gemini could not make this picture. {_AGAIN}"),
    "OTHER": ("no_image", f"Gemini stopped without giving a reason. {_AGAIN}"),
    "CONTINUATION": ("no_image", f"Gemini stopped halfway. {_AGAIN}"),
    "MALFORMED_FUNCTION_CALL": ("no_image", f"Gemini tried to use a tool instead. {_AGAIN}"),
    "UNEXPECTED_TOOL_CALL": ("no_image", f"Gemini tried to use a tool instead. {_AGAIN}"),
    "TOO_MANY_TOOL_CALLS": ("no_image", f"Gemini tried to use a tool instead. {_AGAIN}"),
    "MISSING_THOUGHT_SIGNATURE": (
        "bad_response",
        "Gemini asked for a part of an earlier answer, which Easel does not keep.",
    ),
}

REFUSED: dict[str, Said] = {
    "SAFETY": ("blocked", f"Gemini's safety filter refused the prompt. {_REWORD}"),
    "IMAGE_SAFETY": (
        "blocked",
        f"Gemini's safety filter refused the prompt as unsafe for pictures. {_REWORD}",
    ),
    "PROHIBITED_CONTENT": ("blocked", f"Gemini's rules forbid what the prompt asks for. {_REWORD}"),
    "BLOCKLIST": (
        "blocked",
        f"A word of the prompt is on Gemini's list of blocked words. {_REWORD}",
    ),
    "MODEL_ARMOR": ("blocked", f"A filter of the Google project refused the prompt. {_REWORD}"),
    "JAILBREAK": ("blocked", f"Gemini took the prompt for an attack on its rules. {_REWORD}"),
    "OTHER": ("blocked", f"Gemini refused the prompt without giving a reason. {_REWORD}"),
}

EMPTY: Said = ("no_image", "Gemini's answer was empty. Try again.")
STRANGE: Said = ("no_image", f"Gemini stopped for a reason that Easel does not know. {_AGAIN}")
WORDS_ONLY: Said = (
    "no_image",
    "Gemini answered in words instead of a picture. Say what the picture shows.",
)


def finished(reason: str, *, has_words: bool) -> Said:
    """Return what a finish reason means where there is no picture."""
    if reason in ("", "STOP", "FINISH_REASON_UNSPECIFIED"):
        return WORDS_ONLY if has_words else FINISHED["STOP"]
    return FINISHED.get(reason, STRANGE)


def refused(reason: str) -> Said:
    """Return what a block reason of the prompt means."""
    return REFUSED.get(reason, REFUSED["OTHER"])
