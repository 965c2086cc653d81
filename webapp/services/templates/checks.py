"""Checks of drafts of templates: every mistake, in a sentence, at its field."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from webapp.errors import InvalidError
from webapp.services.requests import LONGEST_PROMPT, clean
from webapp.services.templates import variables as values
from webapp.services.templates.drafts import (
    MOST_SECTIONS,
    MOST_VARIABLES,
    TemplateDraft,
    label_of,
)
from webapp.services.templates.text import Section
from webapp.services.templates.variables import Variable

LONGEST_TITLE, LONGEST_DESCRIPTION = 120, 400
LONGEST_LABEL, LONGEST_HINT = 80, 200
RATIO = re.compile(r"[1-9]\d{0,2}:[1-9]\d{0,2}")
MODEL = re.compile(r"[a-z0-9_-]{1,32}:\S{1,128}")


def checked(draft: TemplateDraft) -> TemplateDraft:
    """Return a draft in clean form; raises InvalidError with a sentence for every mistake."""
    tidy = replace(
        draft,
        title=" ".join(clean(draft.title).split()),
        description=" ".join(clean(draft.description).split()),
        sections=tuple(
            Section(" ".join(clean(part.title).split()), clean(part.text))
            for part in draft.sections
            if part.title.strip() or part.text.strip()
        ),
        variables=tuple(_tidy(item) for item in draft.variables),
        negative_prompt=clean(draft.negative_prompt),
    )
    mistakes = dict(_mistakes(tidy))
    if mistakes:
        raise InvalidError(
            " ".join(mistakes.values()), fields={name: [text] for name, text in mistakes.items()}
        )
    return tidy


def _tidy(item: Variable) -> Variable:
    """Return a variable without stray space; only a choice has choices, only a number bounds."""
    is_choice, is_number = item.kind == "choice", item.kind == "number"
    bounds = {
        name: getattr(item, name).strip().replace(",", ".") if is_number else ""
        for name in ("minimum", "maximum", "step")
    }
    choices = (clean(choice) for choice in item.choices) if is_choice else ()
    return replace(
        item,
        name=item.name.strip(),
        label=" ".join(clean(item.label).split()) or label_of(item.name),
        default=clean(item.default),
        choices=tuple(dict.fromkeys(choice for choice in choices if choice)),
        hint=" ".join(clean(item.hint).split()),
        example=" ".join(clean(item.example).split()),
        **bounds,
    )


def _mistakes(draft: TemplateDraft) -> Iterator[tuple[str, str]]:
    """Yield each field that has a mistake, with a sentence."""
    if not draft.title:
        yield "title", "Give the template a title."
    if len(draft.title) > LONGEST_TITLE:
        yield "title", f"A title has at most {LONGEST_TITLE} characters."
    if len(draft.description) > LONGEST_DESCRIPTION:
        yield "description", f"A description has at most {LONGEST_DESCRIPTION} characters."
    if not RATIO.fullmatch(draft.aspect_ratio):
        yield "aspect_ratio", "A shape is two numbers, such as 3:2."
    if draft.model and not MODEL.fullmatch(draft.model):
        yield "model", "A model is a provider and a name, such as sketch:sketch-1."
    if len(draft.negative_prompt) > LONGEST_PROMPT:
        yield "negative_prompt", f"Use at most {LONGEST_PROMPT:,} characters for what to leave out."
    yield from _text_mistakes(draft)
    yield from _variable_mistakes(draft)


def _text_mistakes(draft: TemplateDraft) -> Iterator[tuple[str, str]]:
    if not any(part.text for part in draft.sections):
        yield "sections", "Write what the picture shows, in one section at least."
    if len(draft.sections) > MOST_SECTIONS:
        yield "sections", f"A template has at most {MOST_SECTIONS} sections."
    if len(draft.text) > LONGEST_PROMPT:
        yield (
            "sections",
            (
                f"The sections have at most {LONGEST_PROMPT:,} characters together; "
                f"these are {len(draft.text):,}."
            ),
        )
    for index, part in enumerate(draft.sections):
        if len(part.title) > LONGEST_LABEL:
            yield f"section_{index}", f"A section's title has at most {LONGEST_LABEL} characters."
    known = {item.name for item in draft.variables}
    unknown = [f"{{{name}}}" for name in draft.gaps if name not in known]
    if unknown:
        told = "is a gap" if len(unknown) == 1 else "are gaps"
        yield "gaps", f"{', '.join(unknown)} {told} without a variable."


def _variable_mistakes(draft: TemplateDraft) -> Iterator[tuple[str, str]]:
    if len(draft.variables) > MOST_VARIABLES:
        yield "variables", f"A template has at most {MOST_VARIABLES} variables."
    often = Counter(item.name for item in draft.variables)
    for index, item in enumerate(draft.variables):
        place = f"variable_{index}"
        if not values.NAME.fullmatch(item.name):
            yield (
                f"{place}_name",
                ("A name has small letters, digits and underscores, and begins with a letter."),
            )
        elif often[item.name] > 1:
            yield f"{place}_name", f"There are {often[item.name]} variables called {item.name}."
        elif item.name not in draft.gaps:
            yield f"{place}_name", f"No section says {{{item.name}}}."
        yield from ((f"{place}_{part}", told) for part, told in _parts_of(item) if told)


def _parts_of(item: Variable) -> Iterator[tuple[str, str]]:
    """Yield the parts of a variable with a sentence each, empty where it is fine."""
    title = item.label or "This variable"
    if item.kind not in values.KINDS:
        yield "kind", f"A kind is one of {', '.join(values.KINDS)}."
        return
    if len(item.label) > LONGEST_LABEL:
        yield "label", f"A label has at most {LONGEST_LABEL} characters."
    if max(len(item.hint), len(item.example)) > LONGEST_HINT:
        yield "hint", f"Hint and example have at most {LONGEST_HINT} characters each."
    if item.kind == "choice":
        yield "choices", _choices_mistake(item)
    if item.kind == "number" and (told := _bounds_mistake(item)):
        yield "bounds", told
        return
    value = values.chosen(item, {})
    yield (
        "default",
        values.mistake(replace(item, label=f"The default of {title}"), value) * bool(value),
    )


def _choices_mistake(item: Variable) -> str:
    if not 2 <= len(item.choices) <= values.MOST_CHOICES:
        return f"Give 2 to {values.MOST_CHOICES} choices, one on each line."
    if max(map(len, item.choices)) > LONGEST_HINT:
        return f"A choice has at most {LONGEST_HINT} characters."
    return ""


def _bounds_mistake(item: Variable) -> str:
    bounds = [item.minimum, item.maximum, item.step]
    if not all(values.NUMBER.fullmatch(text) for text in bounds if text):
        return "Least, most and step are numbers."
    if item.step and float(item.step) <= 0:
        return "A step is more than 0."
    if item.minimum and item.maximum and float(item.minimum) > float(item.maximum):
        return "The least is more than the most."
    return ""
