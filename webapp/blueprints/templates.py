"""Templates: what there is, one of them with its form, and what can be done with it."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import EaselError, InvalidError, OverBudgetError
from webapp.services.composing.composer import Composition
from webapp.services.composing.runs import RunOptions
from webapp.services.prompts import PromptTemplate
from webapp.services.templates.editor import DAYS_KEPT
from webapp.services.templates.shelf import GROUPS, TemplateGroup
from webapp.web import htmx, template_forms, template_views
from webapp.web.current import services, signed_in
from webapp.web.forms import cursor, number

blueprint = Blueprint("templates", __name__, url_prefix="/templates")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show a person's templates, those shared with them, and those that came with Easel."""
    shelf, owner = services().prompts.shelf, signed_in()
    query, show = request.args.get("q", "").strip()[:200], request.args.get("show", "")
    groups: tuple[TemplateGroup, ...]
    if show in GROUPS:
        groups = (shelf.group(show, owner, query, cursor()),)
    else:
        groups = shelf.groups(owner, query)
    fragment = "templates/_more.html" if cursor() else "templates/_groups.html"
    return htmx.render("templates/index.html", fragment, groups=groups, query=query, show=show)


@blueprint.get("/trash")
def trash() -> ResponseReturnValue:
    """Show the templates that a person has deleted."""
    cards = services().prompts.shelf.trash(signed_in())
    return htmx.full("templates/trash.html", cards=cards, days=DAYS_KEPT)


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show a template with a form made of its variables, in a version of long ago if asked for."""
    version = number(request.args.get("version", ""), most=10**9)
    template = services().prompts.template(ref, signed_in(), version)
    return _page(template, RunOptions())


@blueprint.post("/<ref>/preview")
def preview(ref: str) -> ResponseReturnValue:
    """Show the prompts that a template makes of what stands in its form."""
    template = services().prompts.template(ref, signed_in())
    options = template_forms.options()
    if not htmx.is_fragment():
        return _page(template, options)
    told = template_views.preview(template, template_forms.values(), options)
    return htmx.partial("templates/_rehearsed.html", preview=told)


@blueprint.post("/<ref>/run")
def run(ref: str) -> ResponseReturnValue:
    """Make pictures of what stands in a template's form."""
    owner, options = signed_in(), template_forms.options()
    template = services().prompts.template(ref, owner)
    runs = services().template_runs
    try:
        started = runs.start(
            owner, runs.requests(template, owner, template_forms.values(), options)
        )
    except (InvalidError, OverBudgetError) as error:
        return _page(template, options, error)
    count = sum(len(item.pictures) for item in started)
    flash("One image is on its way." if count == 1 else f"{count} images are on their way.", "ok")
    return htmx.go(url_for("gallery.index"))


@blueprint.post("/<ref>/compose")
def compose(ref: str) -> ResponseReturnValue:
    """Take a template and what stands in its form to the composer."""
    owner, options = signed_in(), template_forms.options()
    template = services().prompts.template(ref, owner)
    values = Composition(
        template=template.slug,
        variables=template_forms.values(),
        aspect_ratio=options.aspect_ratio or template.aspect_ratio,
        model=options.model or template.model,
        negative_prompt=template.negative_prompt,
        count=options.count,
    )
    services().composer.drafts.save(owner, values)
    return htmx.go(url_for("studio.create"))


@blueprint.post("/<ref>/copy")
def copy(ref: str) -> ResponseReturnValue:
    """Make a template one's own."""
    copied = services().templates.copy(ref, signed_in())
    flash(f"{copied.title} is yours to change.", "ok")
    return htmx.go(url_for("template_editor.edit", ref=copied.slug))


@blueprint.post("/<ref>/delete")
def delete(ref: str) -> ResponseReturnValue:
    """Move a template to the trash; it can be brought back."""
    title = services().templates.delete(ref, signed_in())
    if htmx.is_fragment():
        return htmx.partial("templates/_deleted.html", ref=ref, title=title)
    flash(f"{title} is in the trash.", "ok")
    return htmx.go(url_for("templates.trash"))


@blueprint.post("/<ref>/restore")
def restore(ref: str) -> ResponseReturnValue:
    """Bring a template back from the trash."""
    template = services().templates.restore(ref, signed_in())
    flash(f"{template.title} is back.", "ok")
    return htmx.go(url_for("templates.show", ref=ref))


@blueprint.post("/<ref>/picture")
def picture(ref: str) -> ResponseReturnValue:
    """Choose the picture that stands for a template."""
    services().templates.set_picture(ref, signed_in(), request.form.get("image", ""))
    flash("This picture now stands for the template.", "ok")
    return htmx.go(url_for("templates.show", ref=ref))


@blueprint.post("/<ref>/versions/<version>/restore")
def restore_version(ref: str, version: str) -> ResponseReturnValue:
    """Make an old version the newest one."""
    wanted = number(version, most=10**9) or 0
    template = services().templates.restore_version(ref, signed_in(), wanted)
    flash(f"Version {wanted} is back, as version {template.version}.", "ok")
    return htmx.go(url_for("templates.show", ref=ref))


def _page(
    template: PromptTemplate, options: RunOptions, error: EaselError | None = None
) -> ResponseReturnValue:
    errors = {} if error is None else template_views.sentences(error)
    context = template_views.show_context(template, template_forms.values(), options, errors)
    return htmx.render(
        "templates/show.html", "templates/_form.html", status=422 if errors else 200, **context
    )
