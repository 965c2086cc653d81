"""Beginnings: compositions that start from a template, a picture or an edit."""

from dataclasses import replace

from webapp.services.accounts import Viewer
from webapp.services.catalogue import SEPARATOR, Catalogue, ModelChoice
from webapp.services.composing.composition import Composition
from webapp.services.gallery import Gallery
from webapp.services.pictures import Picture
from webapp.services.prompts import PromptManager

VARIATIONS = 4
DEFAULT_STRENGTH = 0.6


class Beginnings:
    """Fills the composer for a person."""

    def __init__(self, prompts: PromptManager, catalogue: Catalogue, gallery: Gallery) -> None:
        self._prompts = prompts
        self._catalogue = catalogue
        self._gallery = gallery

    def from_template(self, ref: str, values: Composition, viewer: Viewer) -> Composition:
        """Return the values with a template taken up; raises NotFoundError for an unknown one."""
        template = self._prompts.template(ref, viewer)
        return replace(
            values,
            template=ref,
            aspect_ratio=template.aspect_ratio,
            model=template.model or values.model,
            negative_prompt=template.negative_prompt or values.negative_prompt,
            variables={item.name: item.default for item in template.variables},
        )

    def again(self, picture: Picture) -> Composition:
        """Return the values that would make a picture again, with a seed of its own."""
        made_by = self._gallery.generation_of(picture)
        values = Composition(
            prompt=picture.prompt,
            negative_prompt=picture.negative_prompt,
            based_on=picture.id if picture.is_ready else "",
        )
        if made_by is None:
            return values
        again = replace(
            values,
            aspect_ratio=made_by.aspect_ratio,
            size=made_by.size,
            model=f"{made_by.provider}{SEPARATOR}{made_by.model}",
            strength=made_by.strength,
            parameters=made_by.parameters or {},
            references=self._gallery.references_of(picture),
        )
        if not made_by.template:
            return again
        return replace(again, template=made_by.template, variables=dict(made_by.variables))

    def variations(self, picture: Picture) -> Composition:
        """Return the values that make several pictures like one, each with another seed."""
        return replace(self.again(picture), count=VARIATIONS)

    def with_reference(self, values: Composition, picture: Picture) -> Composition:
        """Return the values with a picture more to work from, and a model that can."""
        known = tuple(uid for uid in values.references if uid != picture.id)
        model = self._model_for(values.model, len(known) + 1)
        return replace(values, references=(*known, picture.id), model=model)

    def edit(self, picture: Picture) -> Composition:
        """Return the values that change a picture by words."""
        editing = [item for item in self._catalogue.choices() if _can_edit(item)]
        if not editing:
            return self.with_reference(Composition(), picture)
        chosen = editing[0]
        ratios = chosen.caps.aspect_ratios
        return Composition(
            references=(picture.id,),
            model=chosen.value,
            aspect_ratio=_nearest(ratios, picture.width / picture.height),
            strength=DEFAULT_STRENGTH if chosen.caps.strength else None,
        )

    def _choice(self, value: str) -> ModelChoice:
        models = self._catalogue.choices()
        return next((item for item in models if item.value == value), models[0])

    def _model_for(self, wanted: str, references: int) -> str:
        """Return the wanted model if it takes that many references, else the first that does."""
        models = (self._choice(wanted), *self._catalogue.choices())
        fitting = [item for item in models if item.caps.max_references >= references]
        return fitting[0].value if fitting else models[0].value


def _can_edit(choice: ModelChoice) -> bool:
    return choice.caps.max_references > 0 and choice.caps.edits


def _nearest(ratios: tuple[str, ...], shape: float) -> str:
    """Return the ratio that is most like a shape (width over height); `original` is it exactly."""

    def distance(ratio: str) -> float:
        across, _, down = ratio.partition(":")
        if not (across.isdecimal() and down.isdecimal()):
            return 0.0
        share = int(across) / int(down) / shape
        return max(share, 1 / share) - 1 + 1e-9

    return min(ratios, key=distance)
