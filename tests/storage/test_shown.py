import pytest

from webapp.storage.shown import Shown

UID, OTHER = "Fyj5NgQL7r7", "AbqgD3MTFrA"


@pytest.fixture
def shown(tmp_path):
    known = Shown(tmp_path)
    known.files.lead_to(tmp_path / "for nginx")
    for uid in (UID, OTHER):
        assert known.files.put(uid, "t,small,_.webp", b"picture", lambda: True)
    return known


def test_a_change_voids_stamp_and_files_of_one_image(shown):
    before = {uid: shown.stamps.stamp(uid) for uid in (UID, OTHER)}
    shown.change(UID)
    assert shown.stamps.stamp(UID) != before[UID]
    assert shown.stamps.stamp(OTHER) == before[OTHER]
    assert not shown.files.has(UID, "t,small,_.webp")
    assert shown.files.has(OTHER, "t,small,_.webp")


def test_a_change_of_all_voids_everything(shown):
    before = {uid: shown.stamps.stamp(uid) for uid in (UID, OTHER)}
    shown.change_all()
    for uid in (UID, OTHER):
        assert shown.stamps.stamp(uid) != before[uid]
        assert not shown.files.has(uid, "t,small,_.webp")


def test_the_stamp_changes_before_the_files_go(shown, monkeypatch):
    order: list[str] = []
    monkeypatch.setattr(shown.stamps, "change", lambda _uid: order.append("stamp"))
    monkeypatch.setattr(shown.files, "remove", lambda _uid: order.append("files"))
    shown.change(UID)
    assert order == ["stamp", "files"]
