import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.services.renditions.signing import Signer

PATH = "/w_400,h_300/abcdefghijk.webp"


def test_a_signature_is_the_beginning_of_the_hmac_in_base64url():
    mac = hmac.new(b"key", PATH.encode(), hashlib.sha256).digest()
    assert Signer(["key"]).sign(PATH) == base64.urlsafe_b64encode(mac).decode()[:22]


def test_the_first_key_signs_and_all_verify():
    old = Signer(["old"]).sign(PATH)
    both = Signer(["new", "old"])
    assert both.is_signed(old, PATH)
    assert both.sign(PATH) == Signer(["new"]).sign(PATH) != old


def test_a_key_that_was_taken_away_verifies_no_more():
    assert not Signer(["new"]).is_signed(Signer(["old"]).sign(PATH), PATH)


@pytest.mark.parametrize(
    "changed", ["/w_401,h_300/abcdefghijk.webp", "/w_400,h_300/abcdefghijk", ""]
)
def test_a_signature_is_good_for_its_own_path_alone(changed):
    signer = Signer(["key"])
    assert not signer.is_signed(signer.sign(PATH), changed)


@given(st.text(max_size=60))
def test_no_guess_is_right_and_none_is_an_error(guess):
    signer = Signer(["key"])
    assert signer.is_signed(guess, PATH) == (guess == signer.sign(PATH))


def test_a_shortened_or_lengthened_signature_is_wrong():
    signer = Signer(["key"])
    right = signer.sign(PATH)
    assert not signer.is_signed(right[:-1], PATH)
    assert not signer.is_signed(right + "A", PATH)
