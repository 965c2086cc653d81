"""From a request to what `txt2img` and `img2img` take.

The fields are those of AUTOMATIC1111's API, as Forge's and stable-diffusion.cpp's sources read
them. White in a mask is what may change, as in ours.
"""

import base64
import re
from typing import Any

from webapp.providers.a1111.catalogue import AUTOMATIC, LOADED
from webapp.providers.base import ImageRequest, ModelCaps, ProviderError

STEP = 8
DEFAULT_STRENGTH = 0.6
CROP = 1  # of `resize_mode`: a reference of another ratio is cropped, not squeezed
ORIGINAL = 1  # of `inpainting_fill`: start from what is there
CHANCE = -1  # as a seed


def wish(caps: ModelCaps, request: ImageRequest, task: str) -> tuple[str, dict[str, Any]]:
    """Return which of the two is asked, and what; raises ProviderError `invalid`.

    `task` names the job, so that the server can say whether it is at it.
    """
    width, height = pixels(caps, request.aspect_ratio, request.size or caps.default_size)
    if len(request.references) > caps.max_references:
        message = f"{caps.title} takes one reference picture."
        raise ProviderError(kind="invalid", message=message)
    fields: dict[str, Any] = {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "seed": CHANCE if request.seed is None else request.seed,
        "width": width,
        "height": height,
        "batch_size": 1,
        "n_iter": 1,
        "force_task_id": task,
        **_settings(caps, request),
    }
    if caps.id != LOADED:
        fields["override_settings"] = {"sd_model_checkpoint": caps.id}
    if not request.references:
        return "txt2img", fields
    return "img2img", fields | _edit(request)


def pixels(caps: ModelCaps, ratio: str, size: str) -> tuple[int, int]:
    """Return width and height: the area of a square of `size` pixels a side, multiples of 8."""
    if ratio not in caps.aspect_ratios:
        message = f"{caps.title} makes pictures of {', '.join(caps.aspect_ratios)}."
        raise ProviderError(kind="invalid", message=message)
    if size not in caps.sizes:
        message = f"{caps.title} makes pictures of size {', '.join(caps.sizes)}."
        raise ProviderError(kind="invalid", message=message)
    named = re.fullmatch(r"(\d{1,5})x(\d{1,5})", size)
    if named:  # EASEL_MODELS may name the very size
        return int(named[1]), int(named[2])
    shape = re.fullmatch(r"(\d{1,3}):(\d{1,3})", ratio)
    across, down = (int(shape[1]) or 1, int(shape[2]) or 1) if shape else (1, 1)
    side = int(size) if size.isdecimal() else 1024
    return _stepped(side * (across / down) ** 0.5), _stepped(side * (down / across) ** 0.5)


def _stepped(length: float) -> int:
    return max(STEP, round(length / STEP) * STEP)


def _settings(caps: ModelCaps, request: ImageRequest) -> dict[str, Any]:
    """Return the model's own settings, as the server calls them."""
    chosen = {}
    for option in caps.parameters:
        value = request.parameters.get(option.name) or option.default
        if option.mistake(value):
            raise ProviderError(kind="invalid", message=option.mistake(value))
        chosen[option.name] = value
    fields: dict[str, Any] = {}
    if chosen.get("steps"):
        fields["steps"] = round(float(chosen["steps"]))
    if chosen.get("cfg_scale"):
        fields["cfg_scale"] = float(chosen["cfg_scale"])
    if chosen.get("sampler", AUTOMATIC) != AUTOMATIC:
        fields["sampler_name"] = chosen["sampler"]
    return fields


def _edit(request: ImageRequest) -> dict[str, Any]:
    strength = DEFAULT_STRENGTH if request.strength is None else request.strength
    fields: dict[str, Any] = {
        "init_images": [base64.b64encode(request.references[0].data).decode()],
        "denoising_strength": min(max(strength, 0.0), 1.0),
        "resize_mode": CROP,
    }
    if request.mask is not None:
        fields["mask"] = base64.b64encode(request.mask).decode()
        fields["inpainting_fill"] = ORIGINAL
        fields["inpaint_full_res"] = False  # the rest of the picture is looked at as well
    return fields
