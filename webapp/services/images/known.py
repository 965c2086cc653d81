"""Known pictures: those that were just asked for by address, without asking the database again."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from webapp.services.accounts import Viewer
from webapp.services.image_rows import check_visible
from webapp.services.images.images import ImageManager
from webapp.services.pictures import Picture

MOST = 4096


class KnownPictures:
    """Remembers pictures that are ready, each as long as its stamp stays the same.

    A page of thumbnails asks for each picture in a few sizes; one read of its row is enough.
    `stamp` returns a number that changes before and after whatever changes what may be seen of an
    image; without it, nothing is remembered.
    """

    def __init__(self, images: ImageManager, stamp: Callable[[str], int] | None) -> None:
        self._images = images
        self._stamp = stamp
        self._known: OrderedDict[str, tuple[int, Picture]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, uid: str, viewer: Viewer | None) -> Picture:
        """Return an image that the viewer may see; raises as `ImageManager.get_image` does."""
        if self._stamp is None:
            return self._images.get_image(uid, viewer)
        stamp = self._stamp(uid)
        known = self._known.get(uid)
        if known is not None and known[0] == stamp:
            check_visible(known[1], viewer)
            return known[1]
        picture = self._images.get_image(uid, viewer)
        if picture.is_ready:
            self._remember(uid, stamp, picture)
        return picture

    def is_known(self, uid: str) -> bool:
        """Return whether an image is remembered, and has not changed since."""
        known = self._known.get(uid)
        return known is not None and self._stamp is not None and known[0] == self._stamp(uid)

    def _remember(self, uid: str, stamp: int, picture: Picture) -> None:
        with self._lock:
            self._known[uid] = stamp, picture
            if len(self._known) > MOST:
                self._known.popitem(last=False)
