from dataclasses import replace

import pytest

from tests.services.templates.test_editor import DRAFT
from webapp.errors import InvalidError
from webapp.services.composing.batches import example
from webapp.services.templates.text import Section
from webapp.services.templates.variables import Variable


@pytest.fixture
def template(services, owner):
    ref = services.templates.create(owner, DRAFT).slug
    return services.prompts.template(ref, owner)


@pytest.fixture
def plan(services, owner, template):
    return lambda text, chosen=None: services.template_batches.plan(chosen or template, text, owner)


def test_each_row_is_a_request_with_its_values(plan, template):
    found = plan("boat,light,count,seed\na ferry,rain,2,7\na canoe,,,\n")
    assert found.mistakes == ()
    first, second = found.requests
    assert (first.prompt, first.count, first.seed) == ("THEME: a ferry in the rain", 2, 7)
    assert (second.prompt, second.count, second.seed) == ("THEME: a canoe in the fog", 1, None)
    assert first.template == template.slug
    assert dict(first.variables) == {"boat": "a ferry", "light": "rain"}
    assert (first.provider, first.model, first.aspect_ratio) == ("plain", "plain-1", "3:2")
    assert found.pictures == 3


def test_a_row_may_say_shape_model_and_what_to_leave_out(plan):
    found = plan("boat,aspect_ratio,model\na ferry,1:1,plain:plain-1\n")
    assert found.requests[0].aspect_ratio == "1:1"


def test_every_bad_row_is_told_by_its_number(plan):
    found = plan("boat,light,count\na,fog,1\nb,neon,1\nc,rain,99\nd,rain,x\ne\n")
    assert found.rows == () or found.mistakes
    assert [text.partition(":")[0] for text in found.mistakes] == [
        "Row 3",
        "Row 4",
        "Row 5",
        "Row 6",
    ]
    assert "Light is one of fog, rain." in found.mistakes[0]
    assert "1 cells, and the header has 3" in found.mistakes[3]


def test_a_row_is_told_all_that_is_wrong_with_it_at_once(plan):
    found = plan("boat,light,count,seed,model\na,neon,99,x,plain:plain-1\nb,neon,1,1,no:model\n")
    assert [text.partition(":")[0] for text in found.mistakes] == ["Row 2"] * 3 + ["Row 3"] * 2
    first, second = " ".join(found.mistakes[:3]), " ".join(found.mistakes[3:])
    assert "Light is one of fog, rain." in first
    assert "seed" in first
    assert "99" not in second
    assert "Light is one of fog, rain." in second


def test_columns_that_are_unknown_missing_or_twice_are_told_before_any_row(plan, services, owner):
    bare = replace(DRAFT.variables[0], default="")
    ref = services.templates.create(
        owner, replace(DRAFT, variables=(bare, DRAFT.variables[1]))
    ).slug
    found = plan("ship,light,light\na,fog,fog\n", services.prompts.template(ref, owner))
    text = " ".join(found.mistakes)
    assert "no variable for the column ship" in text
    assert "no column boat for Boat" in text
    assert "The column light is there more than once" in text


def test_a_column_with_a_default_may_be_left_out(plan):
    assert plan("light\nrain\n").requests[0].prompt == "THEME: a dinghy in the rain"


def test_too_many_rows_are_refused_with_their_number(plan):
    found = plan("boat\n" + "a\n" * 10_000)
    assert found.mistakes == ("This file has 10,000 rows. A batch has at most 500; split it.",)
    assert plan("boat\n" + "a\n" * 500).pictures == 500


def test_too_many_pictures_are_refused(plan):
    found = plan("boat,count\n" + "a,16\n" * 500)
    much = "Up to row 127, this table asks for 2,016 pictures."
    assert found.mistakes == (f"{much} A batch makes at most 2,000; split it.",)
    assert plan("boat,count\n" + "a,16\n" * 125).pictures == 2_000


def test_rows_beyond_the_most_pictures_are_not_looked_at(plan):
    found = plan("boat,light,count\na,neon,1\n" + "a,fog,16\n" * 300 + "a,neon,1\n" * 90)
    assert [text.partition(":")[0] for text in found.mistakes[:1]] == ["Row 2"]
    assert len(found.mistakes) == 2


def test_too_many_columns_are_refused_with_one_sentence(plan):
    found = plan(",".join(f"x{number}" for number in range(201)) + "\na\n")
    [told] = found.mistakes
    assert told.startswith("This file has 201 columns. A table has at most 200")


def test_the_name_of_a_column_is_told_shortly_and_once(plan):
    found = plan(",".join(["x" * 400] * 3) + "\na,b,c\n")
    assert len(found.mistakes) == 2
    assert max(map(len, found.mistakes)) < 250


def test_a_header_alone_is_nothing_to_do(plan):
    assert plan("boat,light\n").mistakes == ("The table has a header and no rows.",)


def test_long_lists_of_mistakes_are_cut(plan):
    found = plan("light\n" + "neon\n" * 100)
    assert len(found.told) == 51
    assert found.told[-1] == "And 50 more."


def test_an_alternative_of_the_text_makes_several_requests_and_one_of_a_value_does_not(
    plan, services, owner
):
    draft = replace(DRAFT, sections=(Section("", "{red|blue} {boat} {light}"),))
    ref = services.templates.create(owner, draft).slug
    found = plan("boat\n{a|b}\n", services.prompts.template(ref, owner))
    assert [item.prompt for item in found.requests] == ["red {a|b} fog", "blue {a|b} fog"]


def test_a_variable_called_as_an_option_is_the_variable(plan, services, owner):
    draft = replace(
        DRAFT,
        sections=(Section("", "{count} boats"),),
        variables=(replace(DRAFT.variables[0], name="count", default="3"),),
    )
    ref = services.templates.create(owner, draft).slug
    found = plan("count\nforty\n", services.prompts.template(ref, owner))
    assert (found.requests[0].prompt, found.pictures) == ("forty boats", 1)


def test_a_plan_is_started_whole(services, owner, plan, noise):
    services.template_batches.start(owner, plan("boat,count\na,2\nb,1\n"))
    prompts = [item.prompt for item in services.images.get_images(owner).pictures]
    assert sorted(prompts) == ["THEME: a in the fog"] * 2 + ["THEME: b in the fog"]


def test_a_plan_with_a_mistake_starts_nothing(services, owner, plan):
    with pytest.raises(InvalidError):
        services.template_batches.start(owner, plan("boat,light\na,fog\nb,neon\n"))
    assert services.images.get_images(owner).pictures == ()


def test_the_example_can_be_sent_as_it_is(plan, template):
    assert plan(example(template)).pictures == 1


def test_pictures_of_a_row_go_along_as_references(services, owner, plan, a_picture):
    draft = replace(
        DRAFT,
        sections=(Section("", "{boat} like {model_boat} in {light}"),),
        variables=(*DRAFT.variables, Variable("model_boat", "Model", kind="image")),
    )
    uid = services.images.add_image(owner, a_picture, filename="a.png").id
    template = services.templates.create(owner, draft)
    found = plan(f"model_boat\n{uid}\n", template)
    assert found.mistakes == ()
    assert found.requests[0].prompt == "a dinghy like the reference picture 1 in fog"
    assert found.requests[0].references == (uid,)
    assert found.requests[0].template_version == 1
