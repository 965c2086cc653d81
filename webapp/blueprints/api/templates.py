"""Templates: found, made, changed version by version, shared, deleted and brought back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response

from webapp.blueprints.api import template_models as models
from webapp.blueprints.api.template_models import (
    TemplateAsked,
    TemplateChange,
    Templates,
    TemplatesAsked,
    TemplateTold,
)
from webapp.errors import CursorError, InvalidError
from webapp.services.prompts import PromptTemplate, TemplateCard
from webapp.services.templates.drafts import TemplateDraft
from webapp.web.addresses import absolute
from webapp.web.api import Reply, expected, operation, resource, sealed, unsealed, with_etag
from webapp.web.current import services, signed_in

blueprint = resource("templates", "/templates")

WRITE = "templates:write"
NAMES = {"": "title", "kind": "type", "bounds": "minimum"}
"""The names that fields of sections and variables have, by those of the editor's form."""

GROUPS = ("own", "shared", "starters")


@blueprint.get("")
@operation(answers={200: Templates})
def index(query: TemplatesAsked) -> Reply:
    """List templates: your own, those that others share, those that come with Easel."""
    found, cursor = _page(query.q, query.cursor, query.limit)
    return Templates(items=[models.card(item) for item in found], next_cursor=cursor)


@blueprint.post("")
@operation(WRITE, {201: TemplateTold}, refuses=(507,))
def create(json: TemplateAsked) -> Reply:
    """Make a template."""
    with _by_name():
        made = services().templates.create(signed_in(), TemplateDraft(**models.changes(json)))
    answer = _told(made, 201)
    answer.headers["Location"] = absolute("api.templates.show", ref=made.slug)
    return answer


@blueprint.get("/<ref>")
@operation(answers={200: TemplateTold})
def show(ref: str) -> Reply:
    """Show a template with its variables, which is all that a form for it needs."""
    return _told(services().prompts.template(ref, signed_in()))


@blueprint.patch("/<ref>")
@operation(WRITE, {200: TemplateTold}, refuses=(412, 507), headers=("If-Match",))
def change(ref: str, json: TemplateChange) -> Reply:
    """Change a template of your own, which makes a new version of it."""
    with _by_name():
        return _told(
            services().templates.change(ref, signed_in(), models.changes(json), expected())
        )


@blueprint.delete("/<ref>")
@operation(WRITE, {204: None}, refuses=(412,), headers=("If-Match",))
def delete(ref: str) -> Reply:
    """Move a template to the trash, from where it can be brought back for thirty days."""
    services().templates.delete(ref, signed_in(), expected())
    return Response(status=204)


@blueprint.post("/<ref>/restore")
@operation(WRITE, {200: TemplateTold})
def restore(ref: str) -> Reply:
    """Bring a template back from the trash."""
    return _told(services().templates.restore(ref, signed_in()))


@blueprint.post("/<ref>/copy")
@operation(WRITE, {201: TemplateTold}, refuses=(507,))
def copy(ref: str) -> Reply:
    """Make a template your own: one that is shared, or that comes with Easel, or one more."""
    made = services().templates.copy(ref, signed_in())
    answer = _told(made, 201)
    answer.headers["Location"] = absolute("api.templates.show", ref=made.slug)
    return answer


def _told(found: PromptTemplate, status: int = 200) -> Response:
    return with_etag(models.template(found), str(found.version), status)


def _page(query: str, cursor: str, most: int) -> tuple[list[TemplateCard], str | None]:
    """Return a page across the groups, and where it ended."""
    name, _, key = unsealed(cursor).partition(".") if cursor else (GROUPS[0], "", "")
    if name not in GROUPS or not re.fullmatch(r"[0-9]{0,9}", key):
        raise CursorError
    shelf, before = services().prompts.shelf, int(key) if key else None
    found: list[TemplateCard] = []
    for group in GROUPS[GROUPS.index(name) :]:
        if len(found) == most:
            return found, sealed(f"{group}.")
        some = shelf.group(group, signed_in(), query, before, most - len(found))
        found += some.cards
        before = None
        if some.next_cursor is not None:
            return found, sealed(f"{group}.{some.next_cursor}")
    return found, None


@contextmanager
def _by_name() -> Iterator[None]:
    """Tell mistakes by the names that fields have here, not those of the editor's form."""
    try:
        yield
    except InvalidError as error:
        fields = {_name(field): texts for field, texts in error.fields.items()}
        raise InvalidError(str(error), code=error.code, fields=fields) from error


def _name(field: str) -> str:
    """Return `variables.2.name` for the editor's `variable_2_name`."""
    if field == "gaps":
        return "variables"
    kind, number, part = [*field.split("_"), "", ""][:3]
    if not number.isdigit():
        return field
    return f"{kind}s.{number}.{NAMES.get(part, part)}"
