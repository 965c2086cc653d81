"""What can be done to many images at once. A new action is a class and a line in the list."""

from collections.abc import Mapping

from webapp.services.library.actions.albums import AddToAlbum, RemoveFromAlbum
from webapp.services.library.actions.base import Action, Before, Piece, Tools
from webapp.services.library.actions.labels import Tag, Untag
from webapp.services.library.actions.retry import Retry
from webapp.services.library.actions.trash import Delete, Restore
from webapp.services.library.actions.visibility import SetVisibility

ACTIONS: Mapping[str, Action] = {
    "delete": Delete(),
    "restore": Restore(),
    "tag": Tag(),
    "untag": Untag(),
    "add_to_album": AddToAlbum(),
    "remove_from_album": RemoveFromAlbum(),
    "set_visibility": SetVisibility(),
    "retry": Retry(),
}

__all__ = ["ACTIONS", "Action", "Before", "Piece", "Tools"]
