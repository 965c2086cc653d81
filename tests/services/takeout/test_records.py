import json

import pytest
from pydantic import ValidationError

from webapp.services.takeout.records import AlbumRecord, ImageRecord
from webapp.services.takeout.reports import mistakes

ONE = "1" * 11
FINE = {
    "id": ONE,
    "state": "ready",
    "visibility": "private",
    "created": "2026-11-21T12:00:00.123Z",
    "width": 20,
    "height": 10,
    "format": "png",
    "bytes": 75,
    "sha256": "0" * 64,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../../../etc"},
        {"id": 11111111111},
        {"width": True},
        {"width": 0},
        {"width": 10**12},
        {"bytes": -1},
        {"sha256": "g" * 64},
        {"sha256": None},
        {"format": "../png"},
        {"visibility": "everybody"},
        {"state": "pending"},
        {"created": "yesterday"},
        {"created": "9999-01-01T00:00:00Z"},
        {"created": "2026-01-01T00:00:00"},
        {"created": 5},
        {"seed": 2**70},
        {"cost": -5},
        {"focal_point": [0.5, 1.5]},
        {"focal_point": [0.5]},
        {"prompt": ["a"]},
        {"prompt": "x" * 10_000_000},
        {"provider": "x" * 33},
        {"tags": [""]},
        {"tags": ["\u200b\0", " "]},
        {"tags": ["x" * 65]},
        {"tags": "water"},
        {"tags": ["sea, lake"]},
        {"tags": [f"t{number}" for number in range(51)]},
        {"version": 2**31 - 1},
        {"parameters": {"a": 5}},
        {"parents": [{"id": ONE, "role": "owner"}]},
        {"parents": [ONE]},
        {"version": 0},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_a_field_that_can_not_be_is_named(changes):
    with pytest.raises(ValidationError) as refused:
        ImageRecord.model_validate_json(json.dumps(FINE | changes))
    told = mistakes(refused.value)
    assert next(iter(changes)) in told or "finished picture" in told
    assert len(told) < 700


def test_tags_are_kept_as_they_would_be_if_they_were_given_here():
    record = ImageRecord.model_validate_json(json.dumps(FINE | {"tags": ["The  SEA", "lake"]}))
    assert record.tags == ["the sea", "lake"]


def test_a_description_is_no_longer_than_an_album_s_may_be():
    album = {"id": ONE, "title": "A", "created": FINE["created"], "updated": FINE["created"]}
    album |= {"images": [], "description": "d" * 4001}
    with pytest.raises(ValidationError) as refused:
        AlbumRecord.model_validate_json(json.dumps(album))
    assert "description" in mistakes(refused.value)


def test_a_record_is_what_was_written():
    record = ImageRecord.model_validate_json(json.dumps(FINE))
    again = ImageRecord.model_validate_json(record.model_dump_json(exclude_none=True))
    assert again == record
    assert record.file == f"originals/{ONE}.png"
