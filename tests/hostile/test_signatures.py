"""Signatures: each is for one path and nothing else, and only as long as its key is known."""

import string
import time
from dataclasses import replace

import pytest

from tests.conftest import _dispose
from tests.hostile.asking import Asker
from webapp.app import create_app
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.services.renditions.signing import SIGNATURE_LENGTH, Signer
from webapp.settings import Settings

KEYS = ("the newest key", "an older key", "the oldest key")
ALPHABET = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(data_dir=tmp_path / "data", signing_keys=KEYS)


@pytest.fixture
def shared(services, owner):
    picture = services.images.add_image(owner, png(60, 40, b"abc"))
    return services.images.set_visibility(picture.id, owner, "unlisted")


@pytest.fixture
def path(shared):
    return f"/w_30,h_20,fit_cover/{shared.id}.webp"


@pytest.fixture
def asker(app):
    return Asker(app)


def signed(path: str, key: str = KEYS[0]) -> str:
    return f"/i/{Signer([key]).sign(path)}{path}"


def refused(answer) -> bool:
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status == 403 and b"bad_signature" in answer.body


def test_a_right_signature_is_taken(asker, path):
    assert asker.get(signed(path)).status == 200


@pytest.mark.parametrize("place", range(SIGNATURE_LENGTH))
def test_no_character_of_a_signature_may_be_another(asker, path, place):
    right = Signer([KEYS[0]]).sign(path)
    others = {letter for letter in ALPHABET if letter != right[place]}
    for other in others:
        wrong = right[:place] + other + right[place + 1 :]
        assert refused(asker.get(f"/i/{wrong}{path}"))


def test_a_signature_is_neither_shorter_nor_longer_nor_spelt_in_another_way(asker, path):
    right = Signer([KEYS[0]]).sign(path)
    shorter = [right[:length] for length in range(1, SIGNATURE_LENGTH)]
    longer = [right + more for more in ("A", "=", "==", "%00", "%20", "%0A", ".", right)]
    others = [right.swapcase(), right[::-1], f"%20{right}", f"{right[:-1]}%C3%A9", "%FF" * 22]
    for wrong in (*shorter, *longer, *others, "unsafe", "insecure", "_", "-", "."):
        assert refused(asker.get(f"/i/{wrong}{path}")), wrong


@pytest.mark.parametrize(
    "change",
    [
        ("w_30", "w_31"),
        ("w_30", "w_030"),
        ("w_30,h_20", "h_20,w_30"),
        ("w_30,h_20", "w_30,h_20,gray"),
        (",fit_cover", ""),
        ("fit_cover/", "fit_cover,/"),
        (".webp", ".png"),
        (".webp", ".WEBP"),
        (".webp", ""),
        (".webp", "."),
        (".webp", ".webp%00"),
        ("/w_30", "/meta/w_30"),
        ("w_30,", "W_30,"),
    ],
    ids="=".join,
)
def test_an_old_signature_is_none_for_another_path(asker, path, change):
    assert refused(asker.get(signed(path).replace(*change)))


def test_a_signature_of_one_picture_is_none_for_another(asker, services, owner, shared, path):
    other = services.images.add_image(owner, png(60, 40, b"xyz"))
    services.images.set_visibility(other.id, owner, "public")
    assert refused(asker.get(signed(path).replace(shared.id, other.id)))
    assert refused(asker.get(signed(path).replace(shared.id, shared.id.swapcase())))


def test_a_signature_of_meta_is_none_for_the_picture_and_the_other_way_round(asker, shared):
    plain, meta = f"/w_30/{shared.id}", f"/meta/w_30/{shared.id}"
    sign = Signer([KEYS[0]]).sign
    assert asker.get(f"/i/{sign(meta)}{meta}").status == 200
    assert refused(asker.get(f"/i/{sign(plain)}{meta}"))
    assert refused(asker.get(f"/i/{sign(meta)}{plain}"))


@pytest.mark.parametrize("key", KEYS)
def test_every_key_that_is_known_is_taken(asker, path, key):
    assert asker.get(signed(path, key)).status == 200


def test_all_keys_lead_to_the_same_rendition(asker, path):
    answers = [asker.get(signed(path, key)) for key in KEYS]
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "hit", "hit"]


@pytest.mark.parametrize("key", ["another key", "", KEYS[0].upper(), ",".join(KEYS)])
def test_no_other_key_is_taken(asker, path, key):
    assert refused(asker.get(signed(path, key)))


def test_a_key_that_was_dropped_signs_nothing_any_more(settings, asker, path):
    assert asker.get(signed(path, KEYS[2])).status == 200
    fewer = replace(settings, signing_keys=KEYS[:2])
    app = create_app(fewer, runner=NullRunner(), providers={"plain": PlainProvider()})
    later = Asker(app)
    assert refused(later.get(signed(path, KEYS[2])))
    assert later.get(signed(path, KEYS[1])).status == 200
    _dispose(app)


class TestExpiry:
    @pytest.fixture
    def at(self, shared):
        def at(second):
            return signed(f"/w_30,exp_{second}/{shared.id}.webp")

        return at

    def test_until_then_it_is_there_and_afterwards_gone(self, asker, at):
        now = int(time.time())
        assert asker.get(at(now + 3600)).status == 200
        for second in (now - 1, now, 0):
            answer = asker.get(at(second))
            assert answer.status == 410
            assert b"This link has expired." in answer.body
            assert answer.headers["X-Easel-State"] == "error; code=expired"
            assert answer.headers["Cache-Control"] == "no-store"

    def test_its_end_can_t_be_put_off(self, asker, at):
        now = int(time.time())
        spent = at(now - 1)
        assert refused(asker.get(spent.replace(str(now - 1), str(now + 3600))))
        assert refused(asker.get(spent.replace(f",exp_{now - 1}", "")))
        assert refused(asker.get(spent.replace("exp_", "exp_0")))

    def test_what_is_known_already_has_expired_all_the_same(self, asker, at, monkeypatch):
        now = time.time()
        address = at(int(now) + 3600)
        etag = asker.get(address).headers["ETag"]
        monkeypatch.setattr(time, "time", lambda: now + 3601)
        asker.base["HTTP_IF_NONE_MATCH"] = etag
        assert asker.get(address).status == 410
