"""What was shown of pictures and may be shown again without asking: stamps, and files for nginx."""

from pathlib import Path

from webapp.storage.public_files import FOLDER, PublicFiles
from webapp.storage.stamps import Stamps


class Shown:
    """Tells all who keep answers on a data directory that a picture has changed.

    The stamp changes first: whoever is about to keep a file looks at it, and then the file goes.
    """

    def __init__(self, root: Path) -> None:
        self.stamps = Stamps(root / "stamps")
        self.files = PublicFiles(root / FOLDER)

    def change(self, uid: str) -> None:
        """Void what was shown of an image."""
        self.stamps.change(uid)
        self.files.remove(uid)

    def change_all(self) -> None:
        """Void everything that was shown."""
        self.stamps.change_all()
        self.files.clear()
