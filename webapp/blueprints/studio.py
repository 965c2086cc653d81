"""Making pictures: the composer, its draft, and the start, end and repeat of the work."""

from dataclasses import replace

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import InvalidError
from webapp.services.composing import Composition
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
    """Show the composer alone, redrawn for another template, picture or model."""
    view = services().composer.view(_asked_for())
    return htmx.partial("components/_composer.html", composer=view)


@blueprint.post("/draft")
def draft() -> ResponseReturnValue:
    """Remember what stands in the composer."""
    services().composer.save_draft(signed_in(), forms.composition())
    return Response(status=204)


@blueprint.post("/generations")
def generate() -> ResponseReturnValue:
    """Start a generation; its pictures are there at once, pending."""
    owner, values = signed_in(), forms.composition()
    services().composer.save_draft(owner, values)
    try:
        wish = services().composer.request(values)
        started = services().generator.start(owner, wish)
    except InvalidError as error:
        return _refused(values, error)
    if not htmx.is_fragment():
        return htmx.go(url_for("gallery.index"))
    return htmx.partial(
        "studio/_started.html",
        pictures=started.pictures,
        composer=services().composer.view(values),
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
    """Return the draft, changed by what the query asks for: a template, a picture, a model."""
    owner, offer = signed_in(), services().composer
    values = forms.composition(request.args) if "model" in request.args else offer.draft(owner)
    if uid := request.args.get("image"):
        picture = services().images.own_image(uid, owner)
        return offer.from_picture(picture, services().gallery.generation_of(picture))
    slug = request.args.get("template")
    if slug and slug != values.template:
        return offer.from_template(slug, values)
    return values if slug is None else replace(values, template=slug or None)


def _create_page(values: Composition, error: InvalidError | None = None) -> Response:
    return htmx.full(
        "studio/create.html",
        status=200 if error is None else 422,
        composer=services().composer.view(values, _sentences(error)),
        history=services().prompts.history(signed_in()),
        vocabulary=services().catalogue.vocabulary(),
    )


def _refused(values: Composition, error: InvalidError) -> Response:
    if not htmx.is_fragment():
        return _create_page(values, error)
    view = services().composer.view(values, _sentences(error))
    return htmx.partial("components/_composer.html", status=422, composer=view)


def _sentences(error: InvalidError | None) -> dict[str, str]:
    """Return the sentences by field; one that belongs to no field stands at the prompt."""
    if error is None:
        return {}
    return {name: " ".join(texts) for name, texts in error.fields.items()} or {"prompt": str(error)}


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
