"""Links: a page to make them, look after them and take them back."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import InvalidError
from webapp.services.accounts import Viewer
from webapp.services.links.values import OwnLink
from webapp.services.links.wishes import LinkWish
from webapp.web import htmx, link_forms
from webapp.web.addresses import absolute
from webapp.web.current import services, signed_in
from webapp.web.forms import cursor
from webapp.web.link_forms import LinkForm

blueprint = Blueprint("links", __name__, url_prefix="/links")

Maker = Callable[[Viewer, str, LinkWish], OwnLink]


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show a person's links, newest first; those to one picture or album if it is named."""
    image, album = request.args.get("image", ""), request.args.get("album", "")
    page = services().sharing.links.page(signed_in(), cursor(), image=image, album=album)
    fragment = "links/_more.html" if cursor() else "links/_list.html"
    return htmx.render(
        "links/index.html", fragment, page=page, image=image, album=album, url_of=_url
    )


@blueprint.route("/image/<uid>", methods=["GET", "POST"])
def of_image(uid: str) -> ResponseReturnValue:
    """Offer a link to a picture, and make it."""
    title = services().images.own_image(uid, signed_in()).title
    return _new(services().sharing.links.to_image, uid, title)


@blueprint.route("/album/<uid>", methods=["GET", "POST"])
def of_album(uid: str) -> ResponseReturnValue:
    """Offer a link to an album, and make it."""
    title = services().sharing.shared.own_title(uid, signed_in())
    return _new(services().sharing.links.to_album, uid, title)


@blueprint.get("/<uid>")
def show(uid: str) -> ResponseReturnValue:
    """Show a link: its address, where it was followed, and the form that changes it."""
    link = services().sharing.links.get(uid, signed_in())
    return _link(link, link_forms.filled(link))


@blueprint.post("/<uid>")
def update(uid: str) -> ResponseReturnValue:
    """Change a link."""
    links, owner, form = services().sharing.links, signed_in(), request.form
    link = links.get(uid, owner)
    try:
        links.update(uid, owner, link_forms.wish(form, link))
    except InvalidError as error:
        return _link(link, link_forms.refused(form, error, link), status=422)
    flash("The link was changed.", "ok")
    return htmx.go(url_for(".show", uid=uid))


@blueprint.post("/<uid>/revoke")
def revoke(uid: str) -> ResponseReturnValue:
    """End a link for good."""
    services().sharing.links.revoke(uid, signed_in())
    flash("The link was revoked. Its addresses show nothing any more.", "ok")
    return htmx.go(url_for(".index"))


def _new(make: Maker, uid: str, title: str) -> ResponseReturnValue:
    form, status = link_forms.blank(), 200
    if request.method == "POST":
        try:
            link = make(signed_in(), uid, link_forms.wish(request.form))
        except InvalidError as error:
            form, status = link_forms.refused(request.form, error), 422
        else:
            return _made(link)
    return htmx.render(
        "links/new.html",
        "links/_new.html",
        status=status if not htmx.is_fragment() else 200,
        form=form,
        title=title,
        back=_back(uid),
    )


def _made(link: OwnLink) -> ResponseReturnValue:
    if htmx.is_fragment():
        return htmx.partial("links/_made.html", link=link, url=_url(link))
    flash("The link is ready.", "ok")
    return htmx.go(url_for(".show", uid=link.id))


def _link(link: OwnLink, form: LinkForm, *, status: int = 200) -> Response:
    return htmx.render(
        "links/show.html",
        "links/_link.html",
        status=status,
        link=link,
        form=form,
        url=_url(link),
        hosts=services().sharing.links.hosts(link),
    )


def _back(uid: str) -> str:
    is_image = request.endpoint == f"{blueprint.name}.{of_image.__name__}"
    return url_for("images.show" if is_image else "albums.show", uid=uid)


def _url(link: OwnLink) -> str:
    return absolute("shares.show", key=link.id)
