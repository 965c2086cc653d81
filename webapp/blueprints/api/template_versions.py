"""Versions of templates: listed, read, and made the newest one again."""

from webapp.blueprints.api import template_models as models
from webapp.blueprints.api.template_models import TemplateTold
from webapp.blueprints.api.templates import WRITE, blueprint
from webapp.errors import NotFoundError
from webapp.services.templates.versions import VersionNote
from webapp.web.api import Moment, Reply, Told, operation, with_etag
from webapp.web.current import services, signed_in

NUMBER = "<int(min=1, max=2147483647):number>"


class TemplateVersionTold(Told):
    """When a version was saved, and by whom."""

    version: int
    author: str | None
    saved: Moment


class TemplateVersions(Told):
    """All versions of a template, newest first."""

    items: list[TemplateVersionTold]


@blueprint.get("/<ref>/versions")
@operation(answers={200: TemplateVersions})
def versions(ref: str) -> Reply:
    """List the versions of a template, newest first; one that comes with Easel has none."""
    found = services().templates.versions(ref, signed_in())
    return TemplateVersions(items=[_note(item) for item in found])


@blueprint.get(f"/<ref>/versions/{NUMBER}")
@operation(answers={200: TemplateTold})
def version(ref: str, number: int) -> Reply:
    """Show what a template said in a version."""
    found = services().prompts.template(ref, signed_in(), number)
    if found.version != number:
        msg = f"{found.title} has no version {number}."
        raise NotFoundError(msg)
    return models.template(found)


@blueprint.post(f"/<ref>/versions/{NUMBER}/restore")
@operation(WRITE, {200: TemplateTold}, refuses=(507,))
def restore_version(ref: str, number: int) -> Reply:
    """Make what a template said in a version its newest version."""
    found = services().templates.restore_version(ref, signed_in(), number)
    return with_etag(models.template(found), str(found.version))


def _note(item: VersionNote) -> TemplateVersionTold:
    return TemplateVersionTold(version=item.number, author=item.author or None, saved=item.saved)
