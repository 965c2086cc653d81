"""Into an album and out of it."""

from webapp.errors import NotFoundError
from webapp.models import Album
from webapp.services.library import album_rows
from webapp.services.library.actions.base import Before, Piece
from webapp.services.library.album_contents import NO_PICTURE, fitting, take_out
from webapp.services.library.chosen import Failure

NO_ALBUM = Failure("no_album", "The album was deleted meanwhile.")


class AddToAlbum:
    """Put images at the end of an album."""

    needs = "album"

    def target(self, text: str) -> str:
        """Return the album's id."""
        return text

    def do(self, piece: Piece, target: str) -> Before:
        """Add those that are not in it; note where each has come to stand."""
        album = _album(piece, target)
        if album is None:
            piece.refuse(piece.rows, NO_ALBUM)
            return {}
        keys = [row.id for row in piece.rows]
        fit = set(fitting(piece.session, keys))
        piece.refuse([row for row in piece.rows if row.id not in fit], NO_PICTURE)
        here = album_rows.positions(piece.session, album, keys)
        new = [key for key in keys if key in fit and key not in here]
        if not new:
            return {}
        album_rows.append(piece.session, album, new)
        album_rows.mark_changed(piece.session, album, new)
        return album_rows.positions(piece.session, album, new)

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Take those out again that still stand where they were put."""
        album = _album(piece, target)
        if album is None:
            return 0
        here = album_rows.positions(piece.session, album, [row.id for row in piece.rows])
        gone = [key for key, position in here.items() if before.get(key) == position]
        return _remove(piece, album, gone)


class RemoveFromAlbum:
    """Take images out of an album."""

    needs = "album"

    def target(self, text: str) -> str:
        """Return the album's id."""
        return text

    def do(self, piece: Piece, target: str) -> Before:
        """Take out those that are in it; note where each stood."""
        album = _album(piece, target)
        if album is None:
            piece.refuse(piece.rows, NO_ALBUM)
            return {}
        here = album_rows.positions(piece.session, album, [row.id for row in piece.rows])
        _remove(piece, album, list(here))
        return here

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Put those back where they stood that are not in it."""
        album = _album(piece, target)
        if album is None:
            return 0
        keys = [row.id for row in piece.rows]
        here = album_rows.positions(piece.session, album, keys)
        back = {key: before[key] for key in keys if key not in here}
        if back:
            album_rows.place_at(piece.session, album, back)
            album_rows.mark_changed(piece.session, album, list(back))
        return len(back)


def _album(piece: Piece, uid: str) -> Album | None:
    try:
        return album_rows.own_album(piece.session, uid, piece.owner)
    except NotFoundError:
        return None


def _remove(piece: Piece, album: Album, keys: list[int]) -> int:
    if keys:
        take_out(piece.session, album.id, keys)
        album_rows.mark_changed(piece.session, album, keys)
        piece.shown.update(row.uid for row in piece.rows if row.id in set(keys))
    return len(keys)
