"""`easel generate` on a server elsewhere: ask, wait, and fetch what was made."""

import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from webapp.cli.made import is_file, writing_to
from webapp.cli.output import progress
from webapp.cli.remote.server import Server
from webapp.cli.remote.told import Generation, Kept, Made, Rehearsed, Started, read
from webapp.cli.results import Result, file_for
from webapp.errors import InvalidError
from webapp.services.composing.orders import Order
from webapp.storage.whole_file import whole_file

POLL_SECONDS = 1.0
GENERATIONS = "/api/generations"
ENDED = ("ready", "failed")


def body_of(order: Order, references: Sequence[str]) -> dict[str, Any]:
    """Return an order as the API wants it; what is left out is up to the server."""
    fields: dict[str, Any] = {
        "prompt": order.prompt,
        "template": order.template,
        "variables": dict(order.variables),
        "negative_prompt": order.negative_prompt,
        "model": order.model,
        "aspect_ratio": order.aspect_ratio,
        "size": order.size,
        "parameters": dict(order.parameters),
        "references": list(references),
    }
    numbers = {"count": order.count, "seed": order.seed, "strength": order.strength}
    given = {name: value for name, value in fields.items() if value}
    return given | {name: value for name, value in numbers.items() if value is not None}


def uploaded(server: Server, references: Sequence[str]) -> list[str]:
    """Return the ids of pictures to work from; files are uploaded first."""
    return [
        read(Kept, server.upload("/api/images", "image", Path(text))).id if is_file(text) else text
        for text in references
    ]


def estimate(server: Server, body: dict[str, Any]) -> Rehearsed:
    """Return how many pictures there would be, and what they would cost; nothing is started."""
    return read(Rehearsed, server.post(GENERATIONS, body | {"dry_run": True}))


def generate(
    server: Server, body: dict[str, Any], folder: Path | None, *, quiet: bool
) -> list[Result]:
    """Have the server make pictures, wait for them, and save them in a folder if one is given."""
    key = secrets.token_urlsafe(16)
    started = read(Started, server.post(GENERATIONS, body, key=key))
    arriving = _arriving(server, started.generations)
    with progress(arriving, "Making", total=len(started.images), hidden=quiet) as bar:
        made = list(bar)
    return [_result(server, generation, image, folder) for generation, image in made]


def _arriving(server: Server, generations: Sequence[str]) -> Iterator[tuple[Generation, Made]]:
    """Give each picture with its generation, as soon as it has ended."""
    for ref in generations:
        told: set[str] = set()
        while True:
            generation = read(Generation, server.get(f"{GENERATIONS}/{ref}"))
            for image in generation.images:
                if image.state in ENDED and image.id not in told:
                    told.add(image.id)
                    yield generation, image
            if len(told) == len({image.id for image in generation.images}):
                break
            time.sleep(POLL_SECONDS)


def _result(server: Server, generation: Generation, image: Made, folder: Path | None) -> Result:
    is_saved = folder is not None and image.state == "ready"
    path = _save(server, image.id, folder) if is_saved and folder else None
    return Result(
        id=image.id,
        generation=generation.id,
        state=image.state,
        prompt=generation.prompt,
        model=f"{generation.provider}:{generation.model}",
        width=image.width,
        height=image.height,
        seed=image.seed,
        cost=image.cost.usd,
        file=None if path is None else str(path),
        error=None if image.error is None else image.error.model_dump(),
    )


def _save(server: Server, uid: str, folder: Path) -> Path:
    """Write the original of a picture into a folder and return its path."""
    with server.stream(f"/images/{uid}/original") as response:
        mime = response.headers.get("content-type", "").partition(";")[0]
        kind, _, name = mime.partition("/")
        if kind != "image" or not (name.isascii() and name.isalnum()):
            msg = f"{server.address} did not send a picture for {uid}, but {mime or 'nothing'}."
            raise InvalidError(msg)
        path = file_for(folder, uid, name)
        with writing_to(folder), whole_file(path, private=False) as file:
            for piece in response.iter_bytes():
                file.write(piece)
    return path
