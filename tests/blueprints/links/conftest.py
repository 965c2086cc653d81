from tests.sharing import album_link, album_of, link, picture, several, sharing

__all__ = ["album_link", "album_of", "link", "picture", "several", "sharing"]
