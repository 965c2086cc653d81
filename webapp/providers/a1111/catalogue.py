"""What the server has: the checkpoint that is loaded, and others as far as they are known.

`models()` must answer at once, so nothing is asked for it. The list starts with what the settings
name. What the server has beyond that is noted whenever it is asked anyway.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from webapp.providers.base import ModelCaps, Parameter, Setup
from webapp.providers.base.capabilities import FREE
from webapp.providers.base.model_table import with_table

LOADED = "current"
"""The id of whatever checkpoint the server has loaded; no other one is asked for."""

AUTOMATIC = "automatic"
FRESH_SECONDS = 300.0
MOST_FOUND = 500
LONGEST_ID = 128
SAMPLERS = ("Euler a", "Euler", "DPM++ 2M", "DPM++ SDE", "DPM++ 2M SDE", "UniPC", "LCM")
RATIOS = (
    *("1:1", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "2:1", "1:2", "21:9"),
    "9:21",
)
SIZES = ("512", "640", "768", "1024", "1280", "1536")


def caps(name: str, samplers: Iterable[str] = SAMPLERS) -> ModelCaps:
    """Return what a checkpoint can do; they can all do the same."""
    return ModelCaps(
        id=name,
        title="The loaded checkpoint" if name == LOADED else short_name(name),
        aspect_ratios=RATIOS,
        sizes=SIZES,
        default_size="1024",
        seed="exact",
        negative_prompt=True,
        max_references=1,
        strength=True,
        mask=True,
        parameters=_parameters(samplers),
        prices=FREE,
    )


@dataclass(slots=True)
class Catalogue:
    """The list of models, the default one first; it grows by what the server is found to have."""

    named: tuple[ModelCaps, ...]
    _found: tuple[str, ...] = ()
    _samplers: tuple[str, ...] = SAMPLERS
    _asked: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, setup: Setup) -> "Catalogue":
        """Return the list that the settings name; raises SettingsError."""
        names = [name.strip() for name in setup.text("models").split(",")]
        known = [caps(name) for name in dict.fromkeys([LOADED, *names]) if name]
        return cls(with_table(known, setup.models, caps, "EASEL_MODELS, a1111"))

    def models(self) -> Sequence[ModelCaps]:
        """Return the models as far as they are known."""
        known = {one.id for one in self.named}
        found = [caps(name) for name in self._found if name not in known]
        parameters = _parameters(self._samplers)
        return tuple(replace(one, parameters=parameters) for one in (*self.named, *found))

    def is_due(self) -> bool:
        """Return whether the server should be asked anew; true for one of many who ask at once."""
        with self._lock:
            now = time.monotonic()
            due = now - self._asked > FRESH_SECONDS
            self._asked = now if due else self._asked
            return due

    def note(self, found: Iterable[str], samplers: Iterable[str]) -> None:
        """Take over what the server has."""
        self._found = tuple(dict.fromkeys(name for name in found if 0 < len(name) <= LONGEST_ID))
        self._found = self._found[:MOST_FOUND]
        self._samplers = tuple(dict.fromkeys(samplers))[:MOST_FOUND] or SAMPLERS


def short_name(name: str) -> str:
    """Return a checkpoint's name without its folder and the ending of its file."""
    file = name.replace("\\", "/").rpartition("/")[2]
    for ending in (".safetensors", ".ckpt", ".gguf"):
        file = file.removesuffix(ending)
    return file or name


def _parameters(samplers: Iterable[str]) -> tuple[Parameter, ...]:
    choices = (AUTOMATIC, *(name for name in samplers if name != AUTOMATIC))
    return (
        Parameter(name="steps", label="Steps", default="20", low=1, high=150),
        Parameter(
            name="cfg_scale",
            label="Guidance",
            default="7",
            low=0,
            high=30,
            step=0.5,
            hint="How closely to follow the prompt. Flux and turbo checkpoints want 1.",
        ),
        Parameter(name="sampler", label="Sampler", default=AUTOMATIC, choices=choices),
    )
