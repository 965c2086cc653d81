"""Exports: all that a person has, and the pictures that they name, as ZIPs."""

from typing import Literal

from pydantic import Field

from webapp.services.exports.selection import MOST_IDS
from webapp.web.api import Asked, Reply, operation, resource
from webapp.web.archives import MIME, archive
from webapp.web.current import services, signed_in

blueprint = resource("exports", "")


class ImagesZipAsked(Asked):
    """Pictures that are to be sent together, with or without how they were made."""

    ids: list[str] = Field(min_length=1, max_length=MOST_IDS)
    metadata: Literal["", "full", "none"] = ""


@blueprint.get("/takeout")
@operation(files={200: [MIME]})
def takeout() -> Reply:
    """Send all that a person has as a ZIP, for `easel import` or for keeping."""
    return archive(services().takeouts.writer.zip(signed_in()), "easel-takeout.zip")


@blueprint.post("/images/zip")
@operation(files={200: [MIME]})
def images(json: ImagesZipAsked) -> Reply:
    """Send pictures as a ZIP, each with a JSON file that tells how it was made."""
    pieces = services().exports.bundles.of_ids(signed_in(), json.ids, json.metadata)
    return archive(pieces, "easel-pictures.zip")
