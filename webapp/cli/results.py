"""Results: what became of pictures that were asked for, as people and programs are told it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from webapp.cli.output import print_json
from webapp.errors import InvalidError
from webapp.models import is_public_id
from webapp.services.money.amounts import MICROS, dollars


@dataclass(frozen=True, slots=True)
class Result:
    """A picture as it ended. The names are those of the JSON.

    `cost` is in US dollars, None where it is not known. `file` is where it was saved, None where it
    was not. `error` has a `kind`, a `message` and the `next_step`.
    """

    id: str
    generation: str | None
    state: str
    prompt: str
    model: str
    width: int
    height: int
    seed: int | None
    cost: float | None
    file: str | None
    error: dict[str, str] | None

    @property
    def is_ready(self) -> bool:
        """Whether the picture is there."""
        return self.state == "ready"


def report(results: Sequence[Result], *, as_json: bool) -> None:
    """Print what was made; what was not goes to standard error."""
    if as_json:
        print_json([asdict(result) for result in results])
        return
    for result in results:
        if result.is_ready:
            click.echo(
                f"{result.id}  {result.width}x{result.height}{_price(result.cost)}  "
                f"{result.file or 'in the gallery'}"
            )
        else:
            reason = result.error["message"] if result.error else "it still waits for its turn"
            click.echo(f"{result.id}  failed: {reason}", err=True)


def file_for(folder: Path, uid: str, kind: str) -> Path:
    """Return where a picture of a format is saved in a folder; raises InvalidError for no id."""
    if not is_public_id(uid):
        msg = f"{uid!r} is no id of a picture, so that no file is called after it."
        raise InvalidError(msg)
    return folder / f"{uid}.{ {'jpeg': 'jpg', 'tiff': 'tif'}.get(kind, kind) }"


def _price(cost: float | None) -> str:
    if cost == 0:
        return ""
    return f"  {dollars(None if cost is None else round(cost * MICROS))}"
