from datetime import UTC, datetime

import pytest

from webapp.services.exports.names import file_name
from webapp.services.pictures import Picture

UID = "Fyj5NgQL7r7"


def picture(prompt, format="jpeg"):  # noqa: A002
    return Picture(
        id=UID, created=datetime.now(UTC), width=1, height=1, prompt=prompt, format=format
    )


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a lake at dawn, pines", f"a_lake_at_dawn_pines-{UID}.jpg"),
        ("one two three four five six seven eight nine", None),
        ("../../etc/passwd", f"etc_passwd-{UID}.jpg"),
        ("C:\\con\\aux", f"C_con_aux-{UID}.jpg"),
        ('a"; rm -rf /; <b>', f"a_rm_-rf__b-{UID}.jpg"),
        ("Küche über Straße", f"Kuche_uber_Strae-{UID}.jpg"),
        ("مرحبا", f"easel-{UID}.jpg"),
        ("photo.jpg", f"photo-{UID}.jpg"),
        ("", f"Untitled-{UID}.jpg"),
        ("a\r\nb\0c", f"a_bc-{UID}.jpg"),
    ],
)
def test_a_name_has_the_first_words_of_the_prompt(prompt, name):
    wanted = name or f"one_two_three_four_five_six_seven_eight-{UID}.jpg"
    assert file_name(picture(prompt)) == wanted


def test_a_name_that_shall_not_tell_has_no_word_of_it():
    assert file_name(picture("a secret"), is_bare=True) == f"easel-{UID}.jpg"


def test_a_name_is_short():
    assert len(file_name(picture("x" * 500))) == 60 + 1 + 11 + 4
