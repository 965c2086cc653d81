"""Refusals because of the model or the request, and troubles on the way."""

from webapp.providers.gemini.reasons import CHARGED
from webapp.providers.gemini.refusals.rule import Rule

MODELS = (
    Rule(
        "no_model",
        "Gemini no longer has the model {model}, or never had it for this key. {next}",
        code=404,
    ),
    Rule("no_model", "Gemini no longer has the model {model}. {next}", code=410),
    Rule(
        "no_model",
        "The model {model} makes no pictures. {next}",
        words="support the requested response modalities|not support image generation",
    ),
)
REQUESTS = (
    Rule(
        "invalid",
        "The whole request is too large for Gemini. Use fewer or smaller reference pictures.",
        code=413,
    ),
    Rule(
        "invalid",
        "The whole request is too large for Gemini. Use fewer or smaller reference pictures.",
        code=400,
        words="payload size exceeds|entity too large",
    ),
    Rule(
        "invalid",
        "This version of the Gemini API does not know how to ask for pictures. Set "
        "EASEL_GEMINI__API_VERSION=v1beta.",
        code=400,
        words=r'unknown name "?(responsemodalities|imageconfig|response_modalities|image_config)',
    ),
    Rule(
        "invalid",
        "The model {model} makes no pictures of this shape. Choose another ratio.",
        code=400,
        words="aspect.?ratio",
    ),
    Rule(
        "invalid",
        "The model {model} makes no pictures of this size. Choose another one.",
        code=400,
        words="image.?size|output.?resolution",
    ),
    Rule(
        "invalid",
        "The model {model} can't be told how much to think. Choose another model.",
        code=400,
        words="thinking",
    ),
    Rule(
        "invalid",
        "Gemini can't read a reference picture. Use another one, as PNG or JPEG.",
        code=400,
        words="input image|unsupported mime|image is not valid",
    ),
    Rule(
        "invalid",
        "The prompt is too long for Gemini. Shorten it.",
        code=400,
        words="token count|too many tokens|maximum number of tokens",
    ),
    Rule(
        "invalid",
        "Gemini can't take this request. Change the prompt, the shape or the size.",
        code=400,
    ),
)
TROUBLES = (
    Rule("permission", "The Gemini key may not use {model}. Choose another model.", code=403),
    Rule(
        "timeout",
        f"Gemini did not finish in its own time. Try a smaller size. {CHARGED}",
        code=504,
        may_have_cost=True,
    ),
    Rule("unavailable", "Gemini has too much to do just now. {wait}", code=503),
    Rule("unavailable", "The request did not reach Gemini in time. {wait}", code=408),
)
FOREIGN = (
    Rule(
        "bad_response",
        "There is no Gemini API at this address. Check EASEL_GEMINI__BASE_URL, which goes without "
        "a version at its end, and EASEL_GEMINI__API_VERSION.",
        code=404,
        foreign=True,
    ),
    Rule(
        "permission",
        "Something between Easel and Gemini refuses the request. Ask who runs the network or the "
        "proxy.",
        code=403,
        foreign=True,
    ),
)
OTHERS = {
    2: Rule(
        "bad_response",
        "Gemini answered in a way that Easel does not know (status {code}). Check "
        f"EASEL_GEMINI__BASE_URL. {CHARGED}",
        may_have_cost=True,
    ),
    3: Rule("bad_response", "The address leads elsewhere. Check EASEL_GEMINI__BASE_URL."),
    4: Rule("invalid", "Gemini can't take this request (status {code}). Change it and try again."),
    5: Rule("unavailable", "Gemini has a fault of its own just now (status {code}). {wait}"),
}
"""What is left, by hundreds of the status."""
