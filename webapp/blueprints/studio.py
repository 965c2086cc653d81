"""Making pictures: the composer, its draft, and the start, end and repeat of the work."""

from dataclasses import replace

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import EaselError, InvalidError, OverBudgetError
from webapp.services.composing.composer import Composition
from webapp.web import forms, htmx
from webapp.web.current import services, signed_in
from webapp.web.redirects import back, parts_of
from webapp.web.shell import live, navigation

blueprint = Blueprint("studio", __name__)


@blueprint.get("/create")
def create() -> ResponseReturnValue:
    """Show the composer as a page, with templates, past prompts and the words Sketch knows."""
    return _create_page(_asked_for())


@blueprint.get("/composer")
def composer() -> ResponseReturnValue:
    """Show the composer alone, filled from a template or a picture."""
    return _composer(_asked_for())


@blueprint.post("/composer")
def redraw() -> ResponseReturnValue:
    """Draw the composer anew for another model, or without one of its pictures."""
    values = forms.composition()
    services().composer.drafts.save(signed_in(), values)
    return _composer(values) if htmx.is_fragment() else htmx.go(url_for("studio.create"))


@blueprint.get("/composer/mask/<uid>")
def mask(uid: str) -> ResponseReturnValue:
    """Let a person say which part of a picture may change: by painting, or with a file."""
    picture = services().images.own_image(uid, signed_in())
    return htmx.render("studio/mask.html", "studio/_mask.html", picture=picture)


@blueprint.post("/draft")
def draft() -> ResponseReturnValue:
    """Remember what stands in the composer, and say what pressing its button would do."""
    owner, values = signed_in(), forms.composition()
    services().composer.drafts.save(owner, values)
    view = services().composer.view(values, owner)
    return htmx.partial("components/_composer_forecast.html", composer=view)


@blueprint.post("/generations")
def generate() -> ResponseReturnValue:
    """Start generations, one for each prompt; their pictures are there at once, pending."""
    owner, values = signed_in(), forms.composition()
    services().composer.drafts.save(owner, values)
    try:
        wishes = services().composer.requests(values, owner)
        started = services().generator.start_all(owner, wishes)
    except (InvalidError, OverBudgetError) as error:
        return _refused(values, error)
    if not htmx.is_fragment():
        return htmx.go(url_for("gallery.index"))
    return htmx.partial(
        "studio/_started.html",
        pictures=[picture for item in started for picture in item.pictures],
        composer=services().composer.view(values, owner),
        live=live(owner),
        nav=navigation(owner),
        on_gallery=_is_on_gallery(),
    )


@blueprint.post("/images/<uid>/cancel")
def cancel(uid: str) -> ResponseReturnValue:
    """Stop the work on a picture."""
    picture = services().generator.cancel(uid, signed_in())
    return _tile_or_back(picture)


@blueprint.post("/images/<uid>/retry")
def retry(uid: str) -> ResponseReturnValue:
    """Make a picture again that could not be made."""
    picture = services().generator.retry(uid, signed_in())
    return _tile_or_back(picture)


def _asked_for() -> Composition:
    """Return the draft, changed by what the query asks for: a template, a picture, a prompt."""
    owner, begin = signed_in(), services().beginnings
    values = services().composer.drafts.read(owner)
    starts = {"image": begin.again, "variations": begin.variations, "edit": begin.edit}
    for name, make in starts.items():
        if uid := request.args.get(name):
            return make(services().images.own_image(uid, owner))
    if uid := request.args.get("reference"):
        return begin.with_reference(values, services().images.own_image(uid, owner))
    if prompt := request.args.get("prompt"):
        return replace(values, prompt=prompt, template=None)
    ref = request.args.get("template")
    if ref and ref != values.template:
        return begin.from_template(ref, values, owner)
    return values if ref is None else replace(values, template=ref or None)


def _composer(values: Composition) -> Response:
    view = services().composer.view(values, signed_in())
    return htmx.partial("components/_composer.html", composer=view)


def _create_page(values: Composition, error: EaselError | None = None) -> Response:
    owner = signed_in()
    return htmx.full(
        "studio/create.html",
        status=200 if error is None else 422,
        composer=services().composer.view(values, owner, _sentences(error)),
        templates=services().prompts.cards(owner),
        history=services().prompts.history(owner),
        vocabulary=services().catalogue.vocabulary(),
    )


def _refused(values: Composition, error: EaselError) -> Response:
    if not htmx.is_fragment():
        return _create_page(values, error)
    view = services().composer.view(values, signed_in(), _sentences(error))
    return htmx.partial("components/_composer.html", status=422, composer=view)


def _sentences(error: EaselError | None) -> dict[str, str]:
    """Return the sentences by field; one that belongs to no field stands at the prompt."""
    if error is None:
        return {}
    fields = error.fields if isinstance(error, InvalidError) else {}
    return {name: " ".join(texts) for name, texts in fields.items()} or {"prompt": str(error)}


def _tile_or_back(picture: object) -> ResponseReturnValue:
    if htmx.is_fragment():
        owner = signed_in()
        return htmx.partial(
            "live/_tile.html",
            picture=picture,
            live=live(owner),
            nav=navigation(owner),
        )
    flash("Done.", "ok")
    return htmx.go(back())


def _is_on_gallery() -> bool:
    return parts_of(request.headers.get("HX-Current-URL", "")).path in ("/", "")
