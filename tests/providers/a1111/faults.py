"""What servers of A1111's kind do wrong, and what Easel makes of it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.providers.a1111.webui import NAME, PASSWORD
from tests.providers.loopback import Exchange
from webapp.providers.base import ProviderErrorKind


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. Nothing of it costs anything."""

    name: str
    does: Callable[[Exchange], None]
    kind: ProviderErrorKind
    may_have_cost: bool = False


def fails(error: str, errors: str = "", status: int = 500, detail: Any = "") -> Any:
    """Return what answers with an error as AUTOMATIC1111 and Forge do."""
    said = {"error": error, "detail": detail, "body": "", "errors": errors}
    return lambda exchange: exchange.json(said, status)


def details(status: int, detail: Any) -> Any:
    """Return what answers with an error as FastAPI does."""
    return lambda exchange: exchange.json({"detail": detail}, status)


def gives(*images: Any) -> Any:
    return lambda exchange: exchange.json({"images": list(images), "parameters": {}, "info": "{}"})


WRONG_STEPS = [{"loc": ["body", "steps"], "msg": "not a valid integer", "type": "type_error"}]
PAIR = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
MEMORY = "CUDA out of memory. Tried to allocate 1.11 GiB (GPU 0; 6.00 GiB total capacity)"

FAULTS = (
    Fault("a wrong password", details(401, f"Incorrect username or password {PASSWORD}"), "auth"),
    Fault("a proxy that lets nobody in", lambda it: it.html(403, f"No, {PAIR}"), "permission"),
    Fault("a server without its API", details(404, "Not Found"), "bad_response"),
    Fault("a page that takes no pictures", lambda it: it.html(405, "No"), "bad_response"),
    Fault("a value that is none", details(422, WRONG_STEPS), "invalid"),
    Fault("a refusal without a field", details(422, "always on script x not found"), "invalid"),
    Fault("no such sampler", details(400, "Sampler not found"), "invalid"),
    Fault("no such sampler, as it was said before", details(404, "Sampler not found"), "invalid"),
    Fault("no such checkpoint", fails("RuntimeError", "Unknown checkpoint: x"), "no_model"),
    Fault("no such model", details(404, "Model not found"), "no_model"),
    Fault("too little memory", fails("OutOfMemoryError", MEMORY), "invalid"),
    Fault(
        "too little memory on a Mac", fails("RuntimeError", "MPS backend out of memory"), "invalid"
    ),
    Fault("a crash inside", fails("RuntimeError", f"mat1 and mat2, {PASSWORD}"), "unavailable"),
    Fault(
        "pictures of nothing but not-a-number",
        fails("NansException", "A tensor with all NaNs was produced in Unet."),
        "unavailable",
    ),
    Fault(
        "sd-server that wants a prompt",
        lambda it: it.json({"error": "prompt required"}, 400),
        "invalid",
    ),
    Fault(
        "sd-server that fails",
        lambda it: it.json({"error": "generate_image returned no results"}, 500),
        "unavailable",
    ),
    Fault("a gateway with HTML", lambda it: it.html(502), "unavailable"),
    Fault("too many requests", lambda it: it.html(429), "rate_limit"),
    Fault("a redirect", lambda it: it.reply(302, Location="/login"), "bad_response"),
    Fault("a page of HTML", lambda it: it.html(200, "Sign in"), "bad_response"),
    Fault("nothing", lambda it: it.reply(200), "bad_response"),
    Fault("a list", lambda it: it.json([]), "bad_response"),
    Fault("JSON without an end", lambda it: it.reply(200, b"[" * 100_000), "bad_response"),
    Fault("no pictures", gives(), "no_image"),
    Fault("pictures that are null", lambda it: it.json({"images": None}), "no_image"),
    Fault("an empty picture", gives(""), "no_image"),
    Fault("a picture that is a number", gives(7), "bad_response"),
    Fault("bad base64", gives("%%%"), "bad_response"),
    Fault(
        "a page instead of a picture",
        gives(base64.b64encode(b"<html>").decode()),
        "bad_response",
    ),
    Fault("silence", lambda it: it.hang(), "timeout"),
    Fault("an answer drop by drop", lambda it: it.trickle(), "timeout"),
    Fault("a flood", lambda it: it.flood(), "bad_response"),
    Fault(
        "a compressed answer",
        lambda it: it.reply(200, b"\x1f\x8b\x08", Content_Encoding="gzip"),
        "bad_response",
    ),
    Fault("a crash", lambda it: it.reset(), "network"),
    Fault("half an answer", lambda it: it.cut(), "network"),
)
