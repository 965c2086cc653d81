import io
import zipfile

import pytest

from tests.blueprints.api.conftest import problem


@pytest.fixture
def kept(services, owner, a_picture):
    return services.images.add_image(owner, a_picture, prompt="a lake")


def opened(answer):
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def test_everything_can_be_fetched(api, kept):
    with opened(api.get("/api/takeout")) as archive:
        assert archive.testzip() is None
        assert f"originals/{kept.id}.png" in archive.namelist()


@pytest.mark.parametrize("path", ["/api/takeout/", "/api/takeout.json"])
def test_so_it_can_under_its_other_addresses(api, kept, path):
    with opened(api.get(path)) as archive:
        assert f"originals/{kept.id}.png" in archive.namelist()


def test_pictures_can_be_fetched_together(api, kept):
    name = f"a_lake-{kept.id}.png"
    with opened(api.post("/api/images/zip", {"ids": [kept.id]})) as archive:
        assert archive.namelist() == [name, f"{name}.json"]
    with opened(api.post("/api/images/zip", {"ids": [kept.id], "metadata": "none"})) as archive:
        assert archive.namelist() == [f"easel-{kept.id}.png"]


def test_others_do_not_get_them(stranger_api, kept):
    with opened(stranger_api.post("/api/images/zip", {"ids": [kept.id]})) as archive:
        assert archive.namelist() == ["MISSING.txt"]
    with opened(stranger_api.get("/api/takeout")) as archive:
        assert not [name for name in archive.namelist() if kept.id in name]


def test_a_token_that_may_not_read_images_gets_nothing(caller_of, owner, kept):
    caller = caller_of(owner, "templates:write")
    problem(caller.get("/api/takeout"), 403, "missing_scope")
    problem(caller.post("/api/images/zip", {"ids": [kept.id]}), 403, "missing_scope")


@pytest.mark.parametrize(
    "body", [{}, {"ids": []}, {"ids": "x"}, {"ids": [1]}, {"ids": ["x"], "metadata": "some"}]
)
def test_a_body_that_makes_no_sense_is_refused(api, body):
    told = problem(api.post("/api/images/zip", body), 400, "invalid")
    assert {"ids", "ids.0", "metadata"} & told["errors"].keys()
