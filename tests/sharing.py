"""Pictures, albums and links for tests of sharing; a conftest imports what it needs."""

import re

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from sqlalchemy import insert

from webapp.models import Album, AlbumImage, public_id
from webapp.providers.plain import png
from webapp.services.links.wishes import LinkWish


def found(pattern, html):
    """Return what the first group of a pattern finds on a page."""
    match = re.search(pattern, html)
    assert match is not None
    return match[1]


@pytest.fixture
def sharing(services):
    """Return the services of links; their passwords are hashed fast."""
    services.sharing.passwords._hasher = PasswordHasher.from_parameters(CHEAPEST)
    yield services.sharing
    services.sharing.hits.flush()


@pytest.fixture
def picture(services, owner):
    """Return a private picture, whose prompt nobody may learn unasked."""
    return services.images.add_image(
        owner, png(600, 400, b"\x20\x60\xa0"), prompt="a secret lake", filename="lake.png"
    )


@pytest.fixture
def several(services, owner):
    """Return private pictures."""
    return [
        services.images.add_image(owner, png(30, 20, bytes([shade, 60, 90]))) for shade in range(5)
    ]


@pytest.fixture
def album_of(easel):
    """Return a function that makes an album of pictures."""

    def make(owner, *pictures, title="Lakes", cover=""):
        uid = public_id()
        with easel.database.writing() as session:
            row = Album(uid=uid, owner_id=owner.id, title=title, cover=cover)
            session.add(row)
            session.flush()
            for position, picture in enumerate(pictures):
                session.execute(
                    insert(AlbumImage).values(
                        album_id=row.id, image_id=picture.key, position=position
                    )
                )
        return uid

    return make


@pytest.fixture
def link(sharing, owner, picture):
    """Return a function that makes a link to the picture, and returns its key."""

    def make(**wish):
        return sharing.links.to_image(owner, picture.id, LinkWish(**wish)).id

    return make


@pytest.fixture
def album_link(sharing, owner, album_of):
    """Return a function that makes a link to an album of pictures, and returns its key."""

    def make(*pictures, title="Lakes", **wish):
        album = album_of(owner, *pictures, title=title)
        return sharing.links.to_album(owner, album, LinkWish(**wish)).id

    return make
