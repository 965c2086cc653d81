import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.services.requests import MOST_READ
from webapp.services.templates.dynamic_prompts import FEW, MOST_COUNTED, MOST_PROMPTS, expand


def prompts(text, cap=MOST_PROMPTS, values=None):
    return list(expand(text, cap, values).prompts)


def test_each_alternative_makes_a_prompt():
    assert prompts("a {red|blue} kite") == ["a red kite", "a blue kite"]


def test_the_last_alternative_changes_fastest():
    assert prompts("{a|b}{1|2}") == ["a1", "a2", "b1", "b2"]


def test_alternatives_can_be_nested():
    assert prompts("{a {big|small} dog|cat}") == ["a big dog", "a small dog", "cat"]


def test_a_side_may_be_empty():
    assert prompts("a {|very }big sea") == ["a big sea", "a very big sea"]
    assert prompts("a {red|} kite") == ["a red kite", "a kite"]


@pytest.mark.parametrize(
    "text",
    [
        "a kite",
        "",
        "{}",
        "{a}",
        "a|b",
        "{",
        "}",
        "}{",
        "a {b",
        "b} a",
        "{{a}}",
        "{a}|{b}",
        "{ {a} }",
    ],
)
def test_anything_but_an_alternative_is_plain_text(text):
    assert prompts(text) == [text]


@pytest.mark.parametrize(
    ("text", "plain"),
    [(r"\{a|b\}", "{a|b}"), (r"\{a\|b\}", "{a|b}"), (r"C:\dir", r"C:\dir"), (r"a\\b", r"a\\b")],
)
def test_a_backslash_makes_braces_plain(text, plain):
    assert prompts(text) == [plain]


def test_escaped_signs_can_stand_in_an_alternative():
    assert prompts(r"{a\|b|\{c\}}") == ["a|b", "{c}"]


def test_an_unclosed_brace_does_not_spoil_the_rest():
    assert prompts("{x {a|b}") == ["{x a", "{x b"]


def test_no_more_prompts_are_made_than_the_cap_and_all_are_counted():
    found = expand("{a|b|c}" * 4, cap=5)
    assert (len(found.prompts), found.total, found.is_capped) == (5, 81, True)
    assert not expand("{a|b}").is_capped


def test_only_a_few_are_made_where_there_are_too_many_to_be_asked_for():
    found = expand("{a|b}" * 7)
    assert (len(found.prompts), found.total, found.is_capped) == (FEW, 128, True)
    assert found.prompts == expand("{a|b}" * 7, cap=128).prompts[:FEW]
    assert len(expand("{a|b}" * 6).prompts) == MOST_PROMPTS


def test_a_text_that_is_far_too_long_is_not_expanded():
    text = "{a|b}" * (MOST_READ // 5 + 1)
    assert (expand(text).prompts, expand(text).total) == ((text,), 1)


def test_values_that_make_a_prompt_far_too_long_make_one_of_it():
    found = expand("{x|y}" + "{v}" * 20, values={"v": "w" * 2_000})
    assert (len(found.prompts), found.total) == (1, 1)
    assert len(found.prompts[0]) > MOST_READ


def test_a_billion_combinations_are_counted_without_being_made():
    began = time.thread_time()
    found = expand("{a|b|c|d|e|f|g|h|i|j}" * 400)
    assert found.total == MOST_COUNTED
    assert len(set(found.prompts)) == FEW
    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    "text",
    [
        "{" * 10_000,
        "}" * 10_000,
        "|" * 10_000,
        "{|" * 5_000,
        "{a|" * 3_000 + "}" * 3_000,
        "x{y|" * 2_500 + "z" + "}" * 2_500,
        "{a|b}" * 2_000,
        "\\{" * 5_000,
        "{a}" * 3_300,
    ],
)
def test_hostile_text_takes_no_longer_than_any_other(text):
    began = time.thread_time()  # which stands still while the machine does something else
    expand(text)
    assert time.thread_time() - began < 2


def test_gaps_are_filled_and_values_are_never_expanded():
    found = prompts("{a|{thing}} in {light}", values={"thing": "{x|y}", "light": r"\{fog|"})
    assert found == [r"a in \{fog|", r"{x|y} in \{fog|"]


def test_a_gap_may_stand_at_the_edge_of_an_alternative():
    assert prompts("{{thing}|b}{x|{thing}}", values={"thing": "t"}) == ["tx", "tt", "bx", "bt"]


def test_a_gap_in_a_value_is_plain_text():
    assert prompts("{a}{b}", values={"a": "{b}", "b": "c"}) == ["{b}c"]


def test_an_escaped_gap_and_a_gap_in_two_braces_are_plain_text():
    assert prompts(r"\{thing} {{thing}}", values={"thing": "boat"}) == ["{thing} {{thing}}"]


signs = st.text(st.sampled_from("ab {}|\\"), max_size=40)


@given(text=signs)
@settings(max_examples=300)
def test_there_are_as_many_prompts_as_were_counted(text):
    found = expand(text, cap=1000)
    assert len(found.prompts) == (found.total if found.total <= 1000 else FEW)


@given(text=st.text(max_size=60).filter(lambda text: not set("{}|\\") & set(text)))
def test_text_without_signs_stays_as_it_is(text):
    assert prompts(text) == [text.strip()]


@given(
    words=st.lists(st.text(st.sampled_from("abc"), min_size=1, max_size=3), min_size=2, max_size=8)
)
def test_an_alternative_gives_its_sides_in_order(words):
    assert prompts("{" + "|".join(words) + "}") == words


@given(value=signs)
def test_every_value_stands_in_the_prompt_as_it_was_given(value):
    assert prompts("<{v}>", values={"v": value}) == [f"<{value}>"]
