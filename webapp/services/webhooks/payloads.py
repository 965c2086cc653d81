"""What is told of pictures and generations: plain facts, as the JSON API tells them.

They are written down when something happens, so that a receiver learns how it was then, however
late it hears of it. Addresses are kept as paths, and become whole ones when they are sent.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from webapp.services.generations.views import GenerationView
from webapp.services.money.amounts import MICROS, dollars
from webapp.services.pictures import Picture, iso, moment

ORIGINAL = "/images/{id}/original"
RENDITION = "/t/{preset}/{id}.webp{version}"


def image_facts(
    picture: Picture, presets: Iterable[str], generation: str | None, cost: int | None
) -> dict[str, Any]:
    """Return what is told of a picture; one that was deleted has no addresses any more."""
    is_there = picture.deleted is None
    return {
        "id": picture.id,
        "generation": generation,
        "state": picture.state,
        "created": iso(picture.created),
        "deleted": None if picture.deleted is None else iso(picture.deleted),
        "visibility": picture.visibility,
        "prompt": picture.prompt,
        "negative_prompt": picture.negative_prompt,
        "provider": picture.provider,
        "model": picture.model,
        "seed": picture.seed,
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "bytes": picture.bytes,
        "image": ORIGINAL.format(id=picture.id) if is_there and picture.is_ready else None,
        "sizes": {name: _rendition(picture, name) for name in presets} if is_there else {},
        "cost": _money(cost),
        "error": _error(picture) if picture.state == "failed" else None,
    }


def generation_facts(view: GenerationView, presets: Iterable[str]) -> dict[str, Any]:
    """Return what is told of a generation; pictures in its trash are left out."""
    failed = view.failed
    return {
        "id": view.id,
        "status": view.status,
        "created": iso(view.created),
        "prompt": view.prompt,
        "negative_prompt": view.negative_prompt,
        "template": view.template,
        "template_version": view.template_version,
        "variables": dict(view.variables),
        "provider": view.provider,
        "model": view.model,
        "count": view.count,
        "aspect_ratio": view.aspect_ratio,
        "size": view.size,
        "seed": view.seed,
        "strength": view.strength,
        "parameters": dict(view.parameters),
        "references": list(view.references),
        "images": [
            image_facts(item, presets, view.id, view.costs[item.id]) for item in view.pictures
        ],
        "estimate": _money(view.estimate),
        "cost": _money(view.cost),
        "error": None if failed is None else _error(failed),
    }


def envelope(event_id: str, event: str, created_ms: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole of what is told: what happened, when, and to what."""
    return {"id": event_id, "event": event, "created": iso(moment(created_ms)), "data": data}


def body_of(payload: Mapping[str, Any], base_url: str) -> bytes:
    """Return the JSON that is sent, addresses below `base_url`; the same whenever it is sent."""
    whole = dict(payload) | {"data": _placed(payload["data"], base_url)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _placed(data: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    placed = dict(data)
    if placed.get("image"):
        placed["image"] = base_url + placed["image"]
    if "sizes" in placed:
        placed["sizes"] = {name: base_url + path for name, path in placed["sizes"].items()}
    if "images" in placed:
        placed["images"] = [_placed(item, base_url) for item in placed["images"]]
    return placed


def _rendition(picture: Picture, preset: str) -> str:
    version = f"?v={picture.version}" if picture.is_ready else ""
    return RENDITION.format(preset=preset, id=picture.id, version=version)


def _error(picture: Picture) -> dict[str, Any]:
    failure = picture.failure
    return {
        "kind": picture.error_kind,
        "title": failure.title,
        "message": picture.error_message,
        "next_step": failure.next_step,
        "can_retry": failure.can_retry,
    }


def _money(micros: int | None) -> dict[str, Any]:
    return {"usd": None if micros is None else micros / MICROS, "text": dollars(micros)}
