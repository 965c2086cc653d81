"""Refusing what can't be made, with a sentence that names what can."""

from webapp.providers.base import ImageRequest, ModelCaps, ProviderError
from webapp.providers.sketch.models import FINISHED, MODELS, ORIGINAL


def model_of(request: ImageRequest) -> ModelCaps:
    """Return the model that a request is for; raises ProviderError where it can't be made."""
    caps = next((model for model in MODELS if model.id == request.model), None)
    if caps is None:
        names = " and ".join(f"“{model.id}”" for model in MODELS)
        message = f"Sketch has no model “{request.model}”, only {names}."
        raise ProviderError(kind="no_model", message=message)
    mistake = _material_mistake(request, caps) or _shape_mistake(request, caps)
    if mistake:
        raise ProviderError(kind="invalid", message=mistake)
    return caps


def _shape_mistake(request: ImageRequest, caps: ModelCaps) -> str:
    if not request.prompt.strip() and not caps.prompt_is_optional:
        return "Write a prompt first: a few words are enough."
    if request.aspect_ratio not in caps.aspect_ratios and caps is FINISHED:
        return f"{caps.title} keeps a picture's shape: its one aspect ratio is “{ORIGINAL}”."
    if request.aspect_ratio not in caps.aspect_ratios:
        return f"{caps.title} draws in the aspect ratios {', '.join(caps.aspect_ratios)}."
    if request.size and request.size not in caps.sizes:
        return f"{caps.title} draws in the sizes {', '.join(caps.sizes)}."
    return ""


def _material_mistake(request: ImageRequest, caps: ModelCaps) -> str:
    count = len(request.references)
    if caps.needs_reference and not count:
        return "Choose a picture to work on first."
    if count > caps.max_references:
        return f"{caps.title} takes at most {caps.max_references} at a time; these are {count}."
    if request.mask is not None and not caps.mask:
        return f"{caps.title} draws whole pictures. “{FINISHED.title}” can change a part of one."
    if request.strength is not None and not 0 <= request.strength <= 1:
        return "Strength is a number from 0 to 1."
    mistakes = (
        option.mistake(request.parameters.get(option.name, option.default))
        for option in caps.parameters
    )
    return next(filter(None, mistakes), "")
