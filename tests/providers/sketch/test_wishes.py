import pytest

from webapp.providers.sketch.wishes import read_wish


@pytest.mark.parametrize(
    ("prompt", "finish", "light", "colours"),
    [
        ("as an oil painting", "oil", "", ()),
        ("make it low-poly at night", "low-poly", "night", ()),
        ("golden", "", "golden", ()),
        ("a black and white print", "print", "", ("black", "white")),
        ("a mosaic in teal and orange", "stained glass", "", ("teal", "orange")),
        ("no watercolour, please: a poster at dusk", "print", "dusk", ()),
        ("my aunt by the lake", "", "", ()),
        ("", "", "", ()),
        ("日本の夕焼け", "", "", ()),
    ],
)
def test_a_prompt_names_what_is_to_be_done(prompt, finish, light, colours):
    wish = read_wish(prompt)
    assert (wish.finish, wish.light, wish.colours) == (finish, light, colours)


def test_only_words_that_can_change_a_picture_are_recognised():
    assert read_wish("mountains with a lake in oil at night").recognised == ("oil", "night")


def test_nobody_is_sent_to_space():
    assert read_wish("a galaxy").light == ""
