"""Writing templates: a form whose rows come and go, and that loses nothing to another tab."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import ConflictError, InvalidError
from webapp.services.prompts import PromptTemplate
from webapp.services.templates.drafts import TemplateDraft
from webapp.services.templates.variables import KINDS
from webapp.web import htmx, template_forms, template_views
from webapp.web.current import services, signed_in
from webapp.web.template_forms import SAVE, Editor

blueprint = Blueprint("template_editor", __name__, url_prefix="/templates")


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show an empty editor."""
    return _page(Editor(TemplateDraft()))


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Keep a new template, or show the editor after another of its buttons."""
    draft = template_forms.draft()
    action = request.form.get("do", SAVE)
    if action != SAVE:
        return _page(Editor(*_after(draft, action)))
    try:
        template = services().templates.create(signed_in(), draft)
    except InvalidError as error:
        return _page(Editor(draft, errors=template_views.sentences(error)))
    flash(f"{template.title} is saved.", "ok")
    return htmx.go(url_for("templates.show", ref=template.slug))


@blueprint.get("/<ref>/edit")
def edit(ref: str) -> ResponseReturnValue:
    """Show a template of one's own in the editor."""
    template = _own(ref)
    return _page(Editor(TemplateDraft.of(template), template.version), template)


@blueprint.post("/<ref>/edit")
def save(ref: str) -> ResponseReturnValue:
    """Keep the next version of a template, or show the editor after another of its buttons."""
    template, draft, base = _own(ref), template_forms.draft(), template_forms.base()
    action = request.form.get("do", SAVE)
    if action != SAVE:
        changed, base_kept, focus = _after(draft, action, base)
        return _page(Editor(changed, base_kept, focus), template)
    try:
        saved = services().templates.save(ref, signed_in(), draft, base)
    except InvalidError as error:
        return _page(Editor(draft, base, errors=template_views.sentences(error)), template)
    except ConflictError:
        return _conflict(draft, _own(ref))
    flash(f"{saved.title} is saved as version {saved.version}.", "ok")
    return htmx.go(url_for("templates.show", ref=ref))


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    """Show the prompts that what stands in the editor would make."""
    told = _preview(template_forms.draft())
    return htmx.partial("templates/_preview.html", preview=told)


def _after(draft: TemplateDraft, action: str, base: int = 0) -> tuple[TemplateDraft, int, str]:
    changed, focus = template_forms.edited(draft, action)
    return changed, base, focus


def _own(ref: str) -> PromptTemplate:
    """Return a template that the asker may change."""
    return services().templates.own(ref, signed_in())


def _conflict(draft: TemplateDraft, other: PromptTemplate) -> ResponseReturnValue:
    """Show what was typed beside what somebody else has saved; nothing is lost."""
    note = services().templates.versions(other.slug, signed_in())[0]
    editor = Editor(draft, other.version)
    return _page(editor, other, status=409, other=other, note=note)


def _page(
    editor: Editor, template: PromptTemplate | None = None, *, status: int = 200, **more: Any
) -> ResponseReturnValue:
    runs = services().template_runs
    return htmx.render(
        "templates/edit.html",
        "templates/_editor.html",
        status=422 if editor.errors else status,
        editor=editor,
        template=template,
        kinds=KINDS,
        models=runs.models(),
        ratios=runs.ratios(),
        preview=_preview(editor.draft),
        **({"other": None, "note": None} | more),
    )


def _preview(draft: TemplateDraft) -> template_views.Preview:
    template = draft.preview
    return template_views.preview(template, template_views.sample_values(template))
