"""Tags: all that somebody has given to their images."""

from pydantic import Field

from webapp.errors import CursorError
from webapp.services.library.tags import LONGEST_TAG
from webapp.web.api import READ, PageAsked, Reply, Text, Told, operation, resource, sealed, unsealed
from webapp.web.current import services, signed_in

blueprint = resource("tags", "/tags")


class TagsAsked(PageAsked):
    """Which tags are wanted."""

    q: Text = Field(default="", description="What stands in the tag.")


class TagTold(Told):
    """A tag, and how many images outside the trash have it."""

    tag: str
    count: int


class TagsTold(Told):
    """A page of tags by the alphabet."""

    items: list[TagTold]
    next_cursor: str | None


@blueprint.get("")
@operation(READ, {200: TagsTold})
def index(query: TagsAsked) -> Reply:
    """List your tags by the alphabet."""
    after = unsealed(query.cursor) if query.cursor else None
    if after is not None and not 1 <= len(after) <= LONGEST_TAG:
        raise CursorError
    page = services().library.tags.page(signed_in(), query.q, after, query.limit)
    cursor = page.next_cursor
    return TagsTold(
        items=[TagTold(tag=item.tag, count=item.count) for item in page.tags],
        next_cursor=None if cursor is None else sealed(cursor),
    )
