import os
import time

import pytest

from webapp.imaging.presets import PRESETS
from webapp.providers.plain import png
from webapp.services.upkeep.checking import Checker
from webapp.services.upkeep.cleaning import Cleaner

HOURS = 2 * 3600


@pytest.fixture
def check(easel, services):
    """Return a function that checks an Easel, and gives what was found."""
    checker = Checker(
        easel.database, easel.blobs, easel.shown.files, services.purger, max_pixels=10**8
    )

    def check(**options):
        steps = list(checker.check(**options))
        assert len(steps) == Checker.STEPS
        return [finding for step in steps for finding in step]

    return check


@pytest.fixture
def clean(easel, services):
    """Return a function that cleans an Easel, and gives what was taken away by its name."""
    cleaner = Cleaner(easel.database, easel.blobs, services.purger)

    def clean(**options):
        return {item.what: item for item in cleaner.clean(**options)}

    return clean


@pytest.fixture
def picture(services, owner):
    """Return a picture that is large enough to have masters."""
    return services.images.add_image(owner, png(900, 700, b"\x20\x60\xa0"))


@pytest.fixture
def rendered(services, picture):
    """Return a picture that a rendition is kept of."""
    recipe = PRESETS["small"].recipe()
    services.renditions.serve(services.renditions.plan(picture, recipe, "png", "", preset="small"))
    return picture


@pytest.fixture
def stray(easel, picture):
    """Return the path of a file that no image names, two hours old, beside one that is named."""
    blob = easel.blobs.put(png(30, 20, b"stray"), "png")
    path = easel.blobs.open_path(blob.key)
    age(path)
    return path


def age(path, seconds=HOURS):
    """Let a file look as if it was written long ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))
