r"""Templates as JSON files: written to be read by people too, and read with every mistake told.

A file holds one template, `{"easel": "template", "version": 1, …}`, or several,
`{"easel": "templates", "version": 1, "templates": […]}`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from webapp.errors import InvalidError
from webapp.services.templates.checks import checked
from webapp.services.templates.drafts import TemplateDraft, stored
from webapp.services.templates.text import PromptTemplate, Section, variable_of
from webapp.services.templates.variables import Variable

FORMAT = 1
MOST_TEMPLATES = 200
LONGEST_FILE = 1_000_000
TEXTS = ("title", "description", "aspect_ratio", "model", "negative_prompt")
NESTING = "The file is nested too deeply."


def to_json(template: PromptTemplate) -> str:
    """Return the file of one template."""
    return _written({"easel": "template", "version": FORMAT, **_data(template)})


def all_to_json(templates: Sequence[PromptTemplate]) -> str:
    """Return the file of several templates."""
    told = [_data(template) for template in templates]
    return _written({"easel": "templates", "version": FORMAT, "templates": told})


def from_json(text: str) -> list[TemplateDraft]:
    """Return the templates that a file holds; raises InvalidError that lists every mistake."""
    entries = _entries(_read(text))
    drafts, mistakes = [], []
    for number, entry in enumerate(entries, 1):
        where = f"Template {number}: " if len(entries) > 1 else ""
        shape = [where + told for told in _shape_mistakes(entry)]
        if shape:
            mistakes += shape
            continue
        try:
            drafts.append(checked(_draft(entry)))
        except InvalidError as error:
            mistakes += [where + _place(name) + told for name, [told] in error.fields.items()]
    if mistakes:
        raise InvalidError(" ".join(mistakes), fields={"file": mistakes})
    return drafts


def _data(template: PromptTemplate) -> dict[str, Any]:
    """Return what a template says as plain data, without what is empty."""
    texts = {name: getattr(template, name) for name in TEXTS}
    return {name: text for name, text in texts.items() if text} | {
        "sections": [stored(part) for part in template.sections],
        "variables": [stored(item) for item in template.variables],
    }


def _written(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _read(text: str) -> Any:
    if len(text) > LONGEST_FILE:
        msg = f"A file has at most {LONGEST_FILE // 10**6} MB. Split it."
        raise _refusal(msg)
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        msg = f"This is no JSON: line {error.lineno}, column {error.colno} can't be read."
        raise _refusal(msg) from None
    except (RecursionError, ValueError):  # a number of thousands of digits is a ValueError
        raise _refusal(NESTING) from None


def _entries(data: Any) -> list[Any]:
    """Return the templates of a file of ours."""
    kind = data.get("easel") if isinstance(data, dict) else None
    if kind not in ("template", "templates"):
        msg = 'This is no template: it does not say "easel": "template".'
        raise _refusal(msg)
    if data.get("version") != FORMAT:
        msg = f'This Easel reads files of "version": {FORMAT} alone.'
        raise _refusal(msg)
    entries = [data] if kind == "template" else data.get("templates")
    if not isinstance(entries, list) or not entries:
        msg = 'There is no template under "templates".'
        raise _refusal(msg)
    if len(entries) > MOST_TEMPLATES:
        msg = f"A file holds at most {MOST_TEMPLATES} templates. Split it."
        raise _refusal(msg)
    return entries


def _shape_mistakes(entry: Any) -> Iterator[str]:
    """Yield a sentence for each part of a template that is no text, list or object."""
    if not isinstance(entry, dict):
        yield "it is no object."
        return
    for name in TEXTS:
        if not isinstance(entry.get(name, ""), str):
            yield f"{name} is no text."
    for name, row in (("sections", Section), ("variables", Variable)):
        rows = entry.get(name, [])
        if isinstance(rows, list) and all(isinstance(item, dict) for item in rows):
            yield from _row_mistakes(name[:-1], rows, row.__dataclass_fields__)
        else:
            yield f"{name} is no list of objects."


def _row_mistakes(
    name: str, rows: Sequence[Mapping[str, Any]], known: Iterable[str]
) -> Iterator[str]:
    for number, item in enumerate(rows, 1):
        for key in known:
            if not _is_fit(key, item.get(key, "")):
                wanted = "list of texts" if key == "choices" else "text"
                yield f"{name} {number}: {key} is no {wanted}."


def _is_fit(key: str, value: Any) -> bool:
    if key == "choices":
        return not value or (
            isinstance(value, list) and all(isinstance(choice, str) for choice in value)
        )
    return isinstance(value, str)


def _draft(entry: Mapping[str, Any]) -> TemplateDraft:
    return TemplateDraft(
        **{name: entry[name] for name in TEXTS if name in entry},
        sections=tuple(
            Section(part.get("title", ""), part.get("text", "")) for part in entry["sections"]
        )
        if entry.get("sections")
        else (),
        variables=tuple(
            variable_of({"name": "", "label": ""} | item) for item in entry.get("variables", ())
        ),
    )


def _place(field: str) -> str:
    """Return where a mistake is: `variable_2_name` is the third variable."""
    kind, _, rest = field.partition("_")
    number = rest.partition("_")[0]
    return f"{kind.capitalize()} {int(number) + 1}: " if number.isdigit() else ""


def _refusal(sentence: str) -> InvalidError:
    return InvalidError(sentence, fields={"file": [sentence]})
