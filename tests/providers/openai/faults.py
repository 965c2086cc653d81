"""What servers of OpenAI's kind do wrong, and what Easel makes of it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.providers.loopback import Exchange
from tests.providers.openai.studio import KEY
from webapp.providers.base import ProviderErrorKind


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong."""

    name: str
    does: Callable[[Exchange], None]
    kind: ProviderErrorKind
    may_have_cost: bool = False


def says(status: int, message: str, type_: str = "", code: Any = None, param: Any = None) -> Any:
    """Return what answers with an error of OpenAI's form."""
    error = {"message": message, "type": type_, "param": param, "code": code}
    return lambda exchange: exchange.json({"error": error}, status)


def gives(*data: Any, **more: Any) -> Any:
    """Return what answers well in form, with such pictures."""
    return lambda exchange: exchange.json({"created": 1, "data": list(data), **more})


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


DEEP = b'{"data":' + b"[" * 100_000
USER_ERROR = "image_generation_user_error"
INVALID = "invalid_request_error"

FAULTS = (
    Fault(
        "a wrong key",
        says(401, f"Incorrect API key provided: {KEY}.", INVALID, "invalid_api_key"),
        "auth",
    ),
    Fault(
        "a wrong key, shown in part",
        says(401, f"Incorrect API key provided: {KEY[:20]}****.", INVALID, "invalid_api_key"),
        "auth",
    ),
    Fault("no key", says(401, "You didn't provide an API key."), "auth"),
    Fault(
        "an organisation that is not verified",
        says(403, "Your organization must be verified to use the model.", INVALID),
        "permission",
    ),
    Fault(
        "a country that is not served",
        says(
            403,
            "Country not supported",
            "request_forbidden",
            "unsupported_country_region_territory",
        ),
        "permission",
    ),
    Fault(
        "no credit",
        says(429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
        "quota",
    ),
    Fault(
        "a limit on spending",
        says(400, "Billing hard limit has been reached", INVALID, "billing_hard_limit_reached"),
        "quota",
    ),
    Fault("payment required", says(402, "Insufficient credits", code=402), "quota"),
    Fault(
        "too many requests",
        says(429, "Rate limit reached. Try again in 12s.", "requests", "rate_limit_exceeded"),
        "rate_limit",
    ),
    Fault("too many requests, said by a gateway", lambda it: it.html(429), "rate_limit"),
    Fault(
        "a prompt that is refused",
        says(400, "Rejected by the safety system.", USER_ERROR, "moderation_blocked"),
        "blocked",
    ),
    Fault(
        "a prompt that is refused, as it was said before",
        says(400, "Rejected", INVALID, "content_policy_violation"),
        "blocked",
    ),
    Fault(
        "a prompt that is refused, without a code",
        says(400, "Your request was rejected as a result of our safety system."),
        "blocked",
    ),
    Fault(
        "a model that is gone",
        says(404, "The model `x` does not exist", INVALID, "model_not_found"),
        "no_model",
    ),
    Fault(
        "a model that Ollama has not got",
        says(404, 'model "x" not found, try pulling it first', "not_found_error"),
        "no_model",
    ),
    Fault(
        "a size that is not taken",
        says(400, "Invalid size '7x7'.", USER_ERROR, "invalid_value", "size"),
        "invalid",
    ),
    Fault("a request that is too large", lambda it: it.html(413), "invalid"),
    Fault(
        "sd-server that wants a prompt",
        lambda it: it.json({"error": "prompt required"}, 400),
        "invalid",
    ),
    Fault(
        "sd-server that fails",
        lambda it: it.json({"error": "server_error", "message": "vector"}, 500),
        "unavailable",
    ),
    Fault(
        "LocalAI whose backend fails",
        says(500, "rpc error: code = Unavailable desc = error reading from server: EOF", "", 500),
        "unavailable",
    ),
    Fault("a failing server", says(500, "The server had an error", "server_error"), "unavailable"),
    Fault("an overloaded server", says(503, "overloaded", "server_error"), "unavailable"),
    Fault("a gateway with HTML", lambda it: it.html(502), "unavailable", may_have_cost=True),
    Fault("a gateway that gave up", lambda it: it.html(504), "unavailable", may_have_cost=True),
    Fault("no such page", lambda it: it.html(404, "Not found"), "bad_response"),
    Fault("no such method", lambda it: it.html(405, "No"), "bad_response"),
    Fault("a redirect", lambda it: it.reply(301, Location="https://example.org/"), "bad_response"),
    Fault("a page of HTML", lambda it: it.html(200, "Sign in"), "bad_response", may_have_cost=True),
    Fault("nothing", lambda it: it.reply(200), "bad_response", may_have_cost=True),
    Fault("a list", lambda it: it.json([]), "bad_response", may_have_cost=True),
    Fault(
        "JSON without an end", lambda it: it.reply(200, DEEP), "bad_response", may_have_cost=True
    ),
    Fault(
        "bytes that are no text",
        lambda it: it.reply(200, b"\xff\xfe\x00"),
        "bad_response",
        may_have_cost=True,
    ),
    Fault(
        "an error that is called a success",
        says(200, f"no, {KEY}"),
        "bad_response",
        may_have_cost=True,
    ),
    Fault("no pictures", gives(), "no_image", may_have_cost=True),
    Fault("no data", lambda it: it.json({"created": 1}), "no_image", may_have_cost=True),
    Fault("an empty picture", gives({"b64_json": ""}), "no_image", may_have_cost=True),
    Fault(
        "a picture that is null",
        gives({"b64_json": None, "url": None}),
        "no_image",
        may_have_cost=True,
    ),
    Fault("a picture that is text", gives("here"), "no_image", may_have_cost=True),
    Fault("bad base64", gives({"b64_json": "%%%"}), "bad_response", may_have_cost=True),
    Fault("a picture that is a number", gives({"b64_json": 7}), "bad_response", may_have_cost=True),
    Fault(
        "a page instead of a picture",
        gives({"b64_json": b64(b"<html></html>")}),
        "bad_response",
        may_have_cost=True,
    ),
    Fault("an SVG", gives({"b64_json": b64(b"<svg/>")}), "bad_response", may_have_cost=True),
    Fault(
        "an address into this network",
        gives({"url": "http://127.0.0.1:1/x.png"}),
        "bad_response",
        may_have_cost=True,
    ),
    Fault(
        "the address of the cloud's metadata",
        gives({"url": "http://169.254.169.254/latest/meta-data/"}),
        "bad_response",
        may_have_cost=True,
    ),
    Fault(
        "an address of a file",
        gives({"url": "file:///etc/passwd"}),
        "bad_response",
        may_have_cost=True,
    ),
    Fault(
        "an address that is none", gives({"url": "http://["}), "bad_response", may_have_cost=True
    ),
    Fault("an address that is a number", gives({"url": 7}), "bad_response", may_have_cost=True),
    Fault("silence", lambda it: it.hang(), "timeout", may_have_cost=True),
    Fault("an answer drop by drop", lambda it: it.trickle(), "timeout", may_have_cost=True),
    Fault("a flood", lambda it: it.flood(), "bad_response", may_have_cost=True),
    Fault("a crash", lambda it: it.reset(), "network", may_have_cost=True),
    Fault("half an answer", lambda it: it.cut(), "network", may_have_cost=True),
    Fault(
        "a compressed answer",
        lambda it: it.reply(200, b"\x1f\x8b\x08", Content_Encoding="gzip"),
        "bad_response",
        may_have_cost=True,
    ),
)
