import string

import pytest

from webapp.providers.sketch import read, vocabulary
from webapp.providers.sketch.vocabulary import COLOURS, FEATURES, FINISHES, LIGHTS, SCENES


@pytest.mark.parametrize(
    ("prompt", "scene", "light", "finish"),
    [
        ("Snowy alpine peaks above a calm lake at dawn", "mountains", "dawn", ""),
        ("Tokyo skyline at night, neon reflections", "city", "night", ""),
        ("Misty autumn forest with golden light", "forest", "golden", ""),
        ("endless Sahara dunes at sunset", "desert", "sunset", ""),
        ("Ocean at dusk, oil painting", "sea", "dusk", "oil"),
        ("a watercolor of rolling Tuscany hills, golden hour", "hills", "golden", "watercolour"),
        ("low-poly mountains under the northern lights", "mountains", "aurora", "low-poly"),
        ("stained glass sunrise on a mountain", "mountains", "dawn", "stained glass"),
        ("ukiyo-e print of Mount Fuji in a storm", "mountains", "storm", "print"),
        ("a ringed planet in a violet nebula", "space", "space", ""),
        ("flowing silk, teal and gold, in the evening", "abstract", "sunset", ""),
    ],
)
def test_a_prompt_names_scene_light_and_finish(prompt, scene, light, finish):
    reading = read(prompt)
    assert (reading.scene, reading.light, reading.finish) == (scene, light, finish)


def test_recognised_words_keep_the_order_of_the_prompt():
    assert read("a lake at DAWN, and a Pine by the lake").recognised == ("lake", "dawn", "pine")


def test_phrases_are_recognised_as_they_were_written():
    reading = read("watercolour of the Milky Way over low-poly palm trees, water colour")
    assert reading.recognised == (
        "watercolour",
        "milky way",
        "low poly",
        "palm trees",
        "water colour",
    )
    assert read("no palm trees").banned == {"palms"}


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("watercolour harbour in grey light", "watercolor harbor in gray light"),
        ("savannah in autumn", "savanna in fall"),
    ],
)
def test_british_and_american_spellings_mean_the_same(british, american):
    here, there = read(british), read(american)
    assert (here.scene, here.light, here.finish) == (there.scene, there.light, there.finish)
    assert here.features == there.features


@pytest.mark.parametrize(
    ("one", "several"),
    [("mountain", "mountains"), ("valley", "valleys"), ("poppy", "poppies"), ("beach", "beaches")],
)
def test_a_plural_counts_as_its_singular(one, several):
    assert read(several).features == read(one).features
    assert read(several).recognised == (several,)


def test_colour_words_are_kept_in_order_and_at_most_two():
    assert read("a teal, gold and red sea").colours == ("teal", "gold")


@pytest.mark.parametrize("negative", ["trees", "tree", "no trees, please"])
def test_a_negative_prompt_bans_what_it_names(negative):
    reading = read("mountain lake with pine trees", negative)
    assert not reading.wants("trees")
    assert not reading.allows("trees")
    assert reading.wants("water")


@pytest.mark.parametrize("prompt", ["mountains without clouds", "mountains, no clouds"])
def test_a_prompt_can_say_what_it_does_not_want(prompt):
    assert not read(prompt).allows("clouds")
    assert read(prompt).scene == "mountains"


def test_a_negative_prompt_takes_away_scenes_lights_and_colours():
    reading = read("red city by the sea at night or dawn", "city, night, red")
    assert (reading.scene, reading.light, reading.colours) == ("sea", "dawn", ())
    assert reading.recognised == ("sea", "dawn")


def test_a_prompt_without_known_words_still_gets_a_scene():
    prompts = [f"{a}{b} xq" for a in string.ascii_lowercase for b in "bcdf"]
    readings = [read(prompt) for prompt in prompts]
    assert not any(reading.recognised for reading in readings)
    assert len({(reading.scene, reading.light) for reading in readings}) > 12


def test_the_seed_chooses_the_light_where_the_words_do_not():
    assert {read("mountains", seed=seed).scene for seed in range(40)} == {"mountains"}
    assert len({read("mountains", seed=seed).light for seed in range(40)}) > 3
    assert {read("mountains at dusk", seed=seed).light for seed in range(40)} == {"dusk"}


def test_the_vocabulary_is_large_and_every_word_of_it_is_recognised():
    groups = vocabulary()
    assert set(groups) == {"scene", "light", "finish", "feature", "colour"}
    words = {word for group in groups.values() for word in group}
    assert len(words) > 250
    assert [word for word in sorted(words) if read(word).recognised != (word,)] == []


def test_the_tables_are_tidy():
    for table in (SCENES, LIGHTS, FINISHES, FEATURES):
        for name, words in table.items():
            assert len(words.split()) == len(set(words.split())), name
    assert all(len(colour) == 7 and colour.startswith("#") for colour in COLOURS.values())


def test_a_negative_word_takes_away_only_what_it_is_the_name_of():
    reading = read("desert at night", "moon, mesas")
    assert (reading.scene, reading.light) == ("desert", "night")
    assert not reading.allows("moon")
    assert read("skyline with towers at sea", "city").scene == "sea"
