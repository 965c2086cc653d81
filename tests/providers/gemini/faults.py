"""What can go wrong with Gemini, as data: what the server does, and what Easel makes of it.

The tests drive every row through the real google-genai; docs/scripts/providers.py writes the table
of docs/providers.md from the same rows. Names of statuses and reasons, and the words of messages,
are as they were seen in public logs.
"""

import json
from dataclasses import dataclass

from tests.providers.gemini.server import (
    Act,
    answer,
    breaks_off,
    closes,
    content,
    dawdles,
    echoes_the_key,
    exceeded,
    floods,
    later,
    packs,
    picture,
    reason,
    refusal,
    resets,
    says,
    trickles,
    waits,
    words,
)
from webapp.providers.base import ProviderErrorKind

STUDIO = "Google AI Studio (aistudio.google.com)"
KEY = "EASEL_GEMINI__API_KEY"
URL = "EASEL_GEMINI__BASE_URL"
MODEL = "gemini-nano-banana-2.1"
CHARGED = " The picture may have been made, and charged, all the same."
REWORD = " Say it in other words."
AGAIN = " Try again, or say more plainly what the picture shows."
HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
TOO_OFTEN = "You exceeded your current quota, please check your plan and billing details."


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens, and what follows: a kind, a sentence, and whether Easel asks again."""

    name: str
    act: Act
    kind: ProviderErrorKind
    sentence: str
    may_have_cost: bool = False
    is_repeated: bool = False
    text: str = ""
    retry_after: float | None = None
    seconds: float | None = None
    """How long the tests wait for this one, where it never ends by itself."""


def bad(message: str, *details: dict[str, object], status: str = "INVALID_ARGUMENT") -> Act:
    """Refuse with 400."""
    return refusal(400, status, message, *details)


def denied(message: str, *details: dict[str, object]) -> Act:
    """Refuse with 403."""
    return refusal(403, "PERMISSION_DENIED", message, *details)


def exhausted(message: str, *details: dict[str, object], **headers: str) -> Act:
    """Refuse with 429."""
    return refusal(429, "RESOURCE_EXHAUSTED", message, *details, **headers)


def blocked(block: str, **more: str) -> Act:
    """Refuse the prompt with an answer that has no candidates."""
    feedback = {"promptFeedback": {"blockReason": block, **more}}
    return says(
        200, json.dumps({k: v for k, v in content([], 0).items() if k != "candidates"} | feedback)
    )


def ends(finish: str, *parts: dict[str, object], **candidate: str) -> Act:
    """Answer without a picture."""
    return answer(*parts, finish=finish, tokens=0, candidate=candidate)


ACCOUNT = (
    Fault(
        name="unknown key",
        act=bad("API key not valid. Please pass a valid API key.", reason("API_KEY_INVALID")),
        kind="auth",
        sentence=f"Gemini does not know this key. Copy it again from {STUDIO} into {KEY}.",
    ),
    Fault(
        name="a refusal that repeats the key",
        act=echoes_the_key,
        kind="auth",
        sentence=f"Gemini does not know this key. Copy it again from {STUDIO} into {KEY}.",
    ),
    Fault(
        name="expired key",
        act=bad("API key expired. Please renew the API key.", reason("API_KEY_INVALID")),
        kind="auth",
        sentence=f"The Gemini key has expired. Renew it in {STUDIO} and put it into {KEY}.",
    ),
    Fault(
        name="leaked key",
        act=denied("Your API key was reported as leaked. Please use another API key."),
        kind="auth",
        sentence=(
            "Google has blocked the Gemini key, because it was found in public. Make a new one in "
            f"{STUDIO}, put it into {KEY}, and delete the old one."
        ),
    ),
    Fault(
        name="key lost on the way",
        act=denied("Method doesn't allow unregistered callers (callers without identity)."),
        kind="auth",
        sentence=f"No key reached Gemini. Check {KEY}, and where {URL} leads.",
    ),
    Fault(
        name="status 401",
        act=refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
        kind="auth",
        sentence=f"Gemini does not accept the key. Copy it again into {KEY}.",
    ),
    Fault(
        name="country not served",
        act=bad("User location is not supported for the API use.", status="FAILED_PRECONDITION"),
        kind="permission",
        sentence=(
            "Google does not offer Gemini where this server is. Run Easel in a country that is "
            "served, or lead it through a proxy there (HTTPS_PROXY)."
        ),
    ),
    Fault(
        name="suspended project",
        act=denied("Consumer has been suspended.", reason("CONSUMER_SUSPENDED")),
        kind="permission",
        sentence=(
            "Google has suspended the project of the Gemini key. The Google Cloud console says why."
        ),
    ),
    Fault(
        name="API not switched on",
        act=denied(
            "Generative Language API has not been used in project 1 before or it is disabled."
        ),
        kind="permission",
        sentence=(
            "The Gemini API is not switched on for the project of the key. Switch on “Generative "
            "Language API” in the Google Cloud console, or make a new key."
        ),
    ),
    Fault(
        name="key bound to other addresses",
        act=denied(
            "The provided API key has an IP address restriction.",
            reason("API_KEY_IP_ADDRESS_BLOCKED"),
        ),
        kind="permission",
        sentence=(
            "The Gemini key may not be used from this server. Lift its restriction to addresses or "
            "sites in the Google Cloud console, or make a new key."
        ),
    ),
    Fault(
        name="key without the right to a model",
        act=denied("The caller does not have permission"),
        kind="permission",
        sentence=f"The Gemini key may not use {MODEL}. Choose another model.",
    ),
    Fault(
        name="a firewall says no",
        act=says(403, "<html>Forbidden</html>", "text/html"),
        kind="permission",
        sentence=(
            "Something between Easel and Gemini refuses the request. Ask who runs the network or "
            "the proxy."
        ),
    ),
)

MONEY = (
    Fault(
        name="key without billing (“limit: 0”)",
        act=exhausted(
            f"{TOO_OFTEN} Quota exceeded for metric: free_tier_requests, limit: 0, model: x",
            exceeded("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
            later("12s"),
        ),
        kind="quota",
        sentence=(
            "Gemini makes no pictures without billing, and the project of this key has none. Set "
            f"up billing in {STUDIO}."
        ),
    ),
    Fault(
        name="free tier not offered here",
        act=bad(
            "Gemini API free tier is not available in your country. Please enable billing.",
            status="FAILED_PRECONDITION",
        ),
        kind="quota",
        sentence=(
            "Gemini makes no pictures without billing, and the project of this key has none. Set "
            f"up billing in {STUDIO}."
        ),
    ),
    Fault(
        name="prepaid credit used up",
        act=exhausted("Your prepayment credits are depleted."),
        kind="quota",
        sentence=(
            "The credit of the Gemini key's project is used up, or its spending limit is reached. "
            f"Look at its billing in {STUDIO}."
        ),
    ),
    Fault(
        name="status 402",
        act=says(402, "Payment required", "text/plain"),
        kind="quota",
        sentence=(
            "Google wants to be paid before Gemini makes more pictures. Look at the billing of the "
            f"key's project in {STUDIO}."
        ),
    ),
    Fault(
        name="quota of the day used up",
        act=exhausted(TOO_OFTEN, exceeded("GenerateRequestsPerDayPerProjectPerModel"), later("9s")),
        kind="quota",
        sentence=(
            "Today's quota of the Gemini key is used up. It begins anew at midnight in California; "
            f"{STUDIO} says how to raise it."
        ),
    ),
    Fault(
        name="too many requests a minute",
        act=exhausted(
            TOO_OFTEN, exceeded("GenerateRequestsPerMinutePerProjectPerModel"), later("0.01s")
        ),
        kind="rate_limit",
        sentence="Gemini was asked too often just now. Try again in a minute.",
        is_repeated=True,
        retry_after=0.01,
    ),
    Fault(
        name="too many requests, and a long delay",
        act=exhausted(
            TOO_OFTEN, exceeded("GenerateRequestsPerMinutePerProjectPerModel"), later("57s")
        ),
        kind="rate_limit",
        sentence="Gemini was asked too often just now. Try again in 57 seconds.",
        retry_after=57,
    ),
    Fault(
        name="too many requests, told by a header",
        act=says(429, "slow down", "text/plain", Retry_After="240"),
        kind="rate_limit",
        sentence="Gemini was asked too often just now. Try again in 4 minutes.",
        retry_after=240,
    ),
    Fault(
        name="too many requests, without details",
        act=exhausted("Resource has been exhausted (e.g. check quota)."),
        kind="rate_limit",
        sentence="Gemini was asked too often just now. Try again in a minute.",
        is_repeated=True,
    ),
)

REQUESTS = (
    Fault(
        name="retired model",
        act=refusal(404, "NOT_FOUND", f"models/{MODEL} is not found for API version v1"),
        kind="no_model",
        sentence=(
            f"Gemini no longer has the model {MODEL}, or never had it for this key. Choose another "
            "model."
        ),
    ),
    Fault(
        name="model without pictures",
        act=bad("Model does not support the requested response modalities: image"),
        kind="no_model",
        sentence=f"The model {MODEL} makes no pictures. Choose another model.",
    ),
    Fault(
        name="wrong address",
        act=says(404, "<html>Not found</html>", "text/html"),
        kind="bad_response",
        sentence=(
            f"There is no Gemini API at this address. Check {URL}, which goes without a version at "
            "its end, and EASEL_GEMINI__API_VERSION."
        ),
    ),
    Fault(
        name="API version that knows no pictures",
        act=bad(
            'Invalid JSON payload received. Unknown name "responseModalities" at '
            "'generation_config': Cannot find field."
        ),
        kind="invalid",
        sentence=(
            "This version of the Gemini API does not know how to ask for pictures. Set "
            "EASEL_GEMINI__API_VERSION=v1beta."
        ),
    ),
    Fault(
        name="shape not made",
        act=bad("Invalid aspect ratio. Supported aspect ratios are 1:1, 2:3."),
        kind="invalid",
        sentence=f"The model {MODEL} makes no pictures of this shape. Choose another ratio.",
    ),
    Fault(
        name="size not made",
        act=bad("Unsupported value for image_size: 4K"),
        kind="invalid",
        sentence=f"The model {MODEL} makes no pictures of this size. Choose another one.",
    ),
    Fault(
        name="thinking not known",
        act=bad("Thinking level MEDIUM is not supported for this model."),
        kind="invalid",
        sentence=f"The model {MODEL} can't be told how much to think. Choose another model.",
    ),
    Fault(
        name="unreadable reference",
        act=bad("Unable to process input image. Please retry or report."),
        kind="invalid",
        sentence="Gemini can't read a reference picture. Use another one, as PNG or JPEG.",
    ),
    Fault(
        name="prompt too long",
        act=bad("The input token count (90000) exceeds the maximum number of tokens allowed."),
        kind="invalid",
        sentence="The prompt is too long for Gemini. Shorten it.",
    ),
    Fault(
        name="request too large",
        act=bad("Request payload size exceeds the limit: 20971520 bytes."),
        kind="invalid",
        sentence=(
            "The whole request is too large for Gemini. Use fewer or smaller reference pictures."
        ),
    ),
    Fault(
        name="status 413",
        act=says(413, "<html>Too large</html>", "text/html"),
        kind="invalid",
        sentence=(
            "The whole request is too large for Gemini. Use fewer or smaller reference pictures."
        ),
    ),
    Fault(
        name="request refused without a reason",
        act=bad("Request contains an invalid argument."),
        kind="invalid",
        sentence="Gemini can't take this request. Change the prompt, the shape or the size.",
    ),
    Fault(
        name="any other refusal (4xx)",
        act=says(418, "I am a teapot", "text/plain"),
        kind="invalid",
        sentence="Gemini can't take this request (status 418). Change it and try again.",
    ),
)

SAFETY = (
    *(
        Fault(
            name=f"prompt refused: {block}",
            act=blocked(block),
            kind="blocked",
            sentence=said + REWORD,
        )
        for block, said in (
            ("SAFETY", "Gemini's safety filter refused the prompt."),
            ("IMAGE_SAFETY", "Gemini's safety filter refused the prompt as unsafe for pictures."),
            ("PROHIBITED_CONTENT", "Gemini's rules forbid what the prompt asks for."),
            ("BLOCKLIST", "A word of the prompt is on Gemini's list of blocked words."),
            ("JAILBREAK", "Gemini took the prompt for an attack on its rules."),
            ("MODEL_ARMOR", "A filter of the Google project refused the prompt."),
            ("OTHER", "Gemini refused the prompt without giving a reason."),
            ("SOMETHING_NEW", "Gemini refused the prompt without giving a reason."),
        )
    ),
    *(
        Fault(
            name=f"picture held back: {finish}",
            act=ends(finish, finishMessage="Unable to show the generated image."),
            kind="blocked",
            sentence=said + REWORD,
        )
        for finish, said in (
            ("SAFETY", "Gemini's safety filter stopped the answer."),
            ("IMAGE_SAFETY", "Gemini made a picture, and its safety filter held it back."),
            ("PROHIBITED_CONTENT", "Gemini does not make what its rules forbid."),
            (
                "IMAGE_PROHIBITED_CONTENT",
                "Gemini held the picture back, because its rules forbid what it shows.",
            ),
            ("BLOCKLIST", "A word is on Gemini's list of blocked words."),
            ("SPII", "Gemini stopped because of personal data."),
            ("RECITATION", "The answer came too close to a known work."),
            (
                "IMAGE_RECITATION",
                "Gemini held the picture back, because it came too close to a known one.",
            ),
            ("MODEL_ARMOR", "A filter of the Google project stopped the answer."),
        )
    ),
    Fault(
        name="picture held back, and charged",
        act=answer(finish="IMAGE_SAFETY"),
        kind="blocked",
        sentence=f"Gemini made a picture, and its safety filter held it back.{REWORD}{CHARGED}",
        may_have_cost=True,
    ),
)

PICTURELESS = (
    Fault(
        name="words instead of a picture",
        act=ends("STOP", words("What shall I draw?")),
        kind="no_image",
        sentence="Gemini answered in words instead of a picture. Say what the picture shows.",
        text="What shall I draw?",
    ),
    Fault(
        name="nothing but thoughts",
        act=ends("STOP", words("I might draw a lake.", thought=True)),
        kind="no_image",
        sentence=f"Gemini answered without a picture.{AGAIN}",
    ),
    *(
        Fault(name=f"no picture: {finish}", act=ends(finish), kind="no_image", sentence=said)
        for finish, said in (
            ("STOP", f"Gemini answered without a picture.{AGAIN}"),
            ("NO_IMAGE", f"Gemini made no picture of this.{AGAIN}"),
            ("IMAGE_OTHER", f"Gemini could not make this picture.{AGAIN}"),
            ("OTHER", f"Gemini stopped without giving a reason.{AGAIN}"),
            ("CONTINUATION", f"Gemini stopped halfway.{AGAIN}"),
            ("MALFORMED_FUNCTION_CALL", f"Gemini tried to use a tool instead.{AGAIN}"),
            ("UNEXPECTED_TOOL_CALL", f"Gemini tried to use a tool instead.{AGAIN}"),
            ("TOO_MANY_TOOL_CALLS", f"Gemini tried to use a tool instead.{AGAIN}"),
            (
                "MAX_TOKENS",
                "Gemini's answer grew too long before a picture came. Shorten the prompt.",
            ),
            ("SOMETHING_NEW", f"Gemini stopped for a reason that Easel does not know.{AGAIN}"),
        )
    ),
    Fault(
        name="language not known",
        act=ends("LANGUAGE"),
        kind="invalid",
        sentence="Gemini does not know the language of the prompt. Write in English.",
    ),
    Fault(
        name="part of an earlier answer missing",
        act=ends("MISSING_THOUGHT_SIGNATURE"),
        kind="bad_response",
        sentence="Gemini asked for a part of an earlier answer, which Easel does not keep.",
    ),
    Fault(
        name="empty answer",
        act=says(200, ""),
        kind="no_image",
        sentence=f"Gemini's answer was empty. Try again.{CHARGED}",
        may_have_cost=True,
    ),
    Fault(
        name="answer without candidates",
        act=says(200, "{}"),
        kind="no_image",
        sentence=f"Gemini's answer was empty. Try again.{CHARGED}",
        may_have_cost=True,
    ),
)

_NO_PICTURE = f"Gemini sent something that is no PNG, JPEG or WebP picture. Try again.{CHARGED}"
_NO_JSON = f"Gemini's answer can't be read: it is no JSON. Check {URL}.{CHARGED}"
UNREADABLE = (
    *(
        Fault(
            name=name,
            act=act,
            kind="bad_response",
            sentence=_NO_PICTURE,
            may_have_cost=True,
        )
        for name, act in (
            ("broken base64", answer({"inlineData": {"mimeType": "image/png", "data": "%%%"}})),
            ("empty picture", answer(picture(b""))),
            ("SVG that says it is a PNG", answer(picture(b"<svg xmlns='x'/>"))),
            ("GIF", answer(picture(b"GIF89a" + bytes(40), "image/gif"))),
        )
    ),
    *(
        Fault(name=name, act=act, kind="bad_response", sentence=_NO_JSON, may_have_cost=True)
        for name, act in (
            ("a page instead of an answer", says(200, HTML, "text/html")),
            ("half an answer", says(200, '{"candidates": [{"content"')),
            ("a list instead of an answer", says(200, "[1, 2]")),
            ("an answer of 100,000 brackets", says(200, "[" * 100_000)),
        )
    ),
    Fault(
        name="an answer of other things",
        act=says(200, '{"candidates": [{"content": {"parts": [7, null]}, "finishReason": 3}]}'),
        kind="no_image",
        sentence=f"Gemini answered without a picture.{AGAIN}{CHARGED}",
        may_have_cost=True,
    ),
    Fault(
        name="an answer of 100 MB",
        act=floods(100),
        kind="bad_response",
        sentence=f"Gemini's answer is larger than any picture can be.{CHARGED}",
        may_have_cost=True,
    ),
    Fault(
        name="a compressed answer",
        act=packs(b"\x1f\x8b\x08"),
        kind="bad_response",
        sentence=(
            "Gemini's answer is compressed, which nobody asked for. Check what stands between."
            + CHARGED
        ),
        may_have_cost=True,
    ),
    Fault(
        name="an address that leads elsewhere",
        act=says(302, "", Location="http://127.0.0.1:9/"),
        kind="bad_response",
        sentence=f"The address leads elsewhere. Check {URL}.",
    ),
    Fault(
        name="a status of success without an answer",
        act=says(202, "{}"),
        kind="bad_response",
        sentence=(
            f"Gemini answered in a way that Easel does not know (status 202). Check {URL}.{CHARGED}"
        ),
        may_have_cost=True,
    ),
)

TROUBLES = (
    Fault(
        name="too much to do (503)",
        act=refusal(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        kind="unavailable",
        sentence="Gemini has too much to do just now. Try again in a minute.",
        is_repeated=True,
    ),
    Fault(
        name="a fault inside Gemini (500)",
        act=refusal(500, "INTERNAL", "An internal error has occurred."),
        kind="unavailable",
        sentence="Gemini has a fault of its own just now (status 500). Try again in a minute.",
        is_repeated=True,
    ),
    Fault(
        name="a gateway's page (502)",
        act=says(502, HTML, "text/html"),
        kind="unavailable",
        sentence="Gemini has a fault of its own just now (status 502). Try again in a minute.",
        is_repeated=True,
    ),
    Fault(
        name="a gateway's page in an old alphabet (502)",
        act=says(502, "<html>Zeit\xfcberschreitung</html>".encode("latin-1"), "text/html"),
        kind="unavailable",
        sentence="Gemini has a fault of its own just now (status 502). Try again in a minute.",
        is_repeated=True,
    ),
    Fault(
        name="a fault told in 100,000 brackets (500)",
        act=says(500, "[" * 100_000),
        kind="unavailable",
        sentence="Gemini has a fault of its own just now (status 500). Try again in a minute.",
        is_repeated=True,
    ),
    Fault(
        name="request not in time (408)",
        act=says(408, "", "text/plain"),
        kind="unavailable",
        sentence="The request did not reach Gemini in time. Try again in a minute.",
        is_repeated=True,
    ),
    Fault(
        name="not finished in Gemini's own time (504)",
        act=refusal(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        kind="timeout",
        sentence=f"Gemini did not finish in its own time. Try a smaller size.{CHARGED}",
        may_have_cost=True,
    ),
    *(
        Fault(
            name=name,
            act=act,
            kind="network",
            sentence=f"The connection to Gemini broke before the picture came.{CHARGED}",
            may_have_cost=True,
        )
        for name, act in (
            ("connection closed", closes),
            ("connection reset", resets),
            ("answer broken off", breaks_off),
        )
    ),
    *(
        Fault(
            name=name,
            act=act,
            kind="timeout",
            sentence=(
                "No picture came within 0.5 seconds. It may have been made, and charged, all the "
                "same."
            ),
            may_have_cost=True,
            seconds=0.5,
        )
        for name, act in (
            ("silence", waits),
            ("a byte now and then", trickles),
            ("a header now and then", dawdles),
        )
    ),
)

GROUPS = {
    "The key": ACCOUNT,
    "Money and limits": MONEY,
    "The request": REQUESTS,
    "Safety": SAFETY,
    "No picture": PICTURELESS,
    "Answers that can't be used": UNREADABLE,
    "Troubles on the way": TROUBLES,
}
FAULTS = tuple(fault for group in GROUPS.values() for fault in group)
