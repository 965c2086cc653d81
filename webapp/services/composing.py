"""The composer: what it offers, what it holds, and the draft that survives a reload."""

from dataclasses import dataclass, field

from webapp.providers.base import ModelCaps
from webapp.services.prompts import PromptTemplate


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model on offer. `value` names provider and model as one form value."""

    value: str
    provider: str
    caps: ModelCaps

    @property
    def title(self) -> str:
        """The model's title."""
        return self.caps.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What stands in the composer's fields. A seed of None means a new one each time."""

    prompt: str = ""
    negative_prompt: str = ""
    aspect_ratio: str = "3:2"
    count: int = 1
    model: str = ""
    size: str = ""
    seed: int | None = None
    template: str | None = None
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposerView:
    """All that the composer's form is drawn from. `errors` are sentences by field name."""

    values: Composition
    models: tuple[ModelChoice, ...]
    model: ModelChoice
    templates: tuple[PromptTemplate, ...]
    template: PromptTemplate | None = None
    errors: dict[str, str] = field(default_factory=dict)
    counts: tuple[int, ...] = (1, 2, 3, 4, 6, 8)
