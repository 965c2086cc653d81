import pytest

from webapp.web.shelf import Address, file_name

UID = "Fyj5NgQL7r7"
SIGNATURE = "abcdefghijklmnopqrst-_"


def preset(query="", extension="webp"):
    return Address("w160", UID, extension, query=query)


def signed(operations, query=""):
    return Address(operations, UID, "webp", SIGNATURE, query)


@pytest.mark.parametrize(
    ("address", "is_immutable", "name"),
    [
        (preset(), False, "t,w160,_.webp"),
        (preset("v="), False, "t,w160,_.webp"),
        (preset("v=3fa9c1d21"), True, "t,w160,3fa9c1d21.webp"),
        (signed("w_40,h_30"), False, f"i,{SIGNATURE},w_40,h_30,_.webp"),
        (signed("w_40,v_3fa"), True, f"i,{SIGNATURE},w_40,v_3fa,v_.webp"),
        (signed("_,v_3fa"), True, f"i,{SIGNATURE},_,v_3fa,v_.webp"),
        (signed("thumbnail__40x30"), False, f"i,{SIGNATURE},thumbnail__40x30,_.webp"),
    ],
)
def test_an_address_has_one_name(address, is_immutable, name):
    assert file_name(address, is_immutable=is_immutable) == name


@pytest.mark.parametrize(
    ("address", "is_immutable"),
    [
        (preset("v=3fa9c1d21"), False),
        (preset(), True),
        (signed("w_40,v_3fa"), False),
        (signed("v_3fa"), False),
        (signed("filters__v_3fa__thumbnail__40x30"), False),
        (signed("w_40"), True),
    ],
    ids=str,
)
def test_an_old_version_has_none(address, is_immutable):
    assert file_name(address, is_immutable=is_immutable) is None


@pytest.mark.parametrize(
    "operations",
    [
        "w_40,exp_4102444800",
        "w_40,dl_cat.webp",
        "wm_logo",
        "filters__wm_logo__thumbnail__40x30",
        ".,w_40",
        "..",
        "w_40/h_30",
        "w_40 ",
        "w_40\n",
        "wé",
        "w_" + "4" * 199,
    ],
)
def test_what_may_end_change_or_be_saved_or_is_odd_has_none(operations):
    assert file_name(signed(operations), is_immutable=False) is None


def test_a_query_that_a_signed_address_does_not_know_has_none():
    assert file_name(signed("w_40", "v=3fa"), is_immutable=False) is None


def test_only_formats_that_nginx_knows_have_one():
    assert file_name(preset(extension="tiff"), is_immutable=False) is None


def test_the_longest_name_fits_into_a_folder():
    name = file_name(signed("w" * 200), is_immutable=False)
    assert name is not None
    assert len(name) < 250
