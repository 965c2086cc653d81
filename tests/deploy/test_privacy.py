"""What nginx must never answer without Easel."""

import sqlite3
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.deploy.conftest import FOR_AN_HOUR
from tests.deploy.nginx import IS_ROOT, USER

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ([("visibility", {"visibility": "private"})], 404),
        ([("delete", {})], 410),
        ([("delete", {}), ("purge", {})], 410),
    ],
    ids=["made private", "thrown away", "purged"],
)
def test_what_may_not_be_seen_any_more_is_gone_at_once(site, changes, status):
    uid = site.shared()
    stranger = site.stranger()
    asked = [address for address, _ in site.addresses(uid)]
    for address in asked * 2:
        assert stranger.get(address).status == 200
    for change, form in changes:
        place = "trash" if change == "purge" else "images"
        assert site.owner.post(f"/{place}/{uid}/{change}", **form).status in {200, 303}
    assert {stranger.get(address).status for address in asked} == {status}
    assert site.files(uid) == []


def test_a_picture_that_many_ask_for_is_gone_at_once_every_time(site):
    uid = site.shared()
    address = f"/t/w160/{uid}.webp"
    stopped = threading.Event()
    statuses = set()

    def ask_on():
        while not stopped.is_set():
            statuses.add(site.stranger().get(address).status)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(ask_on)
        try:
            for _ in range(15):
                site.share(uid, "private")
                assert [site.stranger().get(address).status for _ in range(5)] == [404] * 5
                site.share(uid, "public")
                assert site.stranger().get(address).status == 200
        finally:
            stopped.set()
    assert statuses == {200, 404}


def test_a_private_picture_never_becomes_a_file(site):
    uid = site.shared()
    site.share(uid, "private")
    for _ in range(2):
        assert site.owner.get(f"/t/w160/{uid}.webp").status == 200
        assert site.stranger().get(f"/t/w160/{uid}.webp").status == 404
    assert site.files(uid) == []


def test_an_old_version_is_not_kept_for_ever(site):
    uid = site.shared()
    for address in (f"/t/w160/{uid}.webp?v=abc", site.signed(f"/w_50,v_abc/{uid}.webp")):
        for _ in range(2):
            answer = site.stranger().get(address)
            assert (answer.status, answer.headers["cache-control"]) == (200, FOR_AN_HOUR)
    assert site.files(uid) == []


def test_what_ends_or_is_saved_under_a_name_stays_with_easel(site):
    uid = site.shared()
    for operations in ("w_50,exp_4102444800", "w_50,dl_cat.png"):
        assert site.stranger().get(site.signed(f"/{operations}/{uid}.png")).status == 200
    assert site.files(uid) == []


def test_a_signature_that_easel_has_not_checked_is_worth_nothing(site):
    uid = site.shared()
    right = site.signed(f"/w_50/{uid}.webp")
    assert site.stranger().get(right).status == 200
    other = "A" if right[3] != "A" else "B"
    for wrong in (f"/i/{other}{right[4:]}", right.replace("w_50", "w_51")):
        assert site.stranger().get(wrong).status == 403


def test_a_link_in_the_place_of_a_file_leads_nowhere(site):
    uid = site.shared()
    address = f"/t/w160/{uid}.png"
    right = site.stranger().get(address).body
    (name,) = site.files(uid)
    file = site.shown / "public" / uid[:2] / uid / name
    (site.shown / "note").write_text("not for you", "utf-8")
    file.unlink()
    file.symlink_to(site.shown / "note")
    answer = site.stranger().get(address)
    assert (answer.status, answer.body) == (200, right)


def test_a_crash_between_a_change_and_the_removal_of_its_files_is_healed_by_the_next_start(
    own_site,
):
    site = own_site
    uid = site.shared()
    address = f"/t/w160/{uid}.webp"
    for _ in range(2):
        assert site.stranger().get(address).status == 200
    site.server.stop(9)
    database = sqlite3.connect(site.data / "easel.db")
    with database:
        database.execute("update image set visibility = 'private' where uid = ?", (uid,))
    database.close()
    assert site.stranger().get(address).status == 200
    with site.easel():
        assert site.stranger().get(address).status == 404


@pytest.mark.skipif(not IS_ROOT, reason="only root can start nginx as another user")
def test_the_user_of_nginx_can_read_what_is_shown_and_nothing_of_the_data_directory(site):
    uid = site.shared()
    site.stranger().get(f"/t/w160/{uid}.webp")

    def readable(folder):
        found = subprocess.run(
            ["/usr/bin/find", str(folder), "-type", "f", "-readable"],
            user=USER,
            group=USER,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.split()

    assert {"easel.db", "secret.key", "signing.key"} <= {path.name for path in site.data.iterdir()}
    assert readable(site.data) == []
    assert readable(site.shown / "public" / uid[:2] / uid)
