import pytest

from webapp.errors import InvalidError, OverBudgetError
from webapp.services.composing.orders import Order
from webapp.services.idempotency import Once
from webapp.services.prompts import Section, Variable
from webapp.services.templates.drafts import TemplateDraft


@pytest.fixture
def template(services, owner):
    draft = TemplateDraft(
        title="Kites",
        sections=(Section("", "a {colour} kite"),),
        variables=(Variable("colour", "Colour", default="red"),),
        aspect_ratio="16:9",
        model="plain:plain-1",
        negative_prompt="rain",
    )
    return services.templates.create(owner, draft)


def requests(services, owner, **order):
    return services.orders.requests(Order(**order), owner)


def test_a_prompt_alone_takes_the_first_model_as_it_likes(services, owner):
    [request] = requests(services, owner, prompt="a lake")
    assert (request.provider, request.model, request.aspect_ratio) == ("plain", "plain-1", "1:1")
    assert (request.count, request.seed, request.size) == (1, None, "")


def test_a_template_says_what_nobody_else_does(services, owner, template):
    [request] = requests(services, owner, template=template.slug)
    assert (request.prompt, request.aspect_ratio) == ("a red kite", "16:9")
    assert (request.negative_prompt, request.model) == ("rain", "plain-1")
    [request] = requests(services, owner, template=template.slug, model="plain-paid")
    assert (request.model, request.aspect_ratio) == ("plain-paid", "1:1")


def test_a_ratio_that_was_asked_for_is_never_exchanged(services, owner, template):
    order = Order(template=template.slug, aspect_ratio="16:9", model="plain-paid")
    with pytest.raises(InvalidError, match="not among the ratios"):
        services.orders.estimate(services.orders.requests(order, owner))


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"prompt": "x", "template": "wide-landscape"}, "prompt"),
        ({"prompt": "x", "variables": {"a": "b"}}, "variables"),
        ({"template": "nope"}, "template"),
        ({"template": "wide-landscape", "variables": {"wind": "x"}}, "var_wind"),
        ({"prompt": "x", "parameters": {"stpes": "3"}}, "param_stpes"),
        ({"prompt": "x", "model": "dalle"}, "model"),
        ({"prompt": "x", "model": "dalle:3"}, "model"),
        ({"prompt": "x", "provider": "dalle"}, "model"),
        ({"prompt": "x", "provider": "plain", "model": "dalle"}, "model"),
    ],
)
def test_what_is_not_understood_is_told_at_its_field(services, owner, order, field):
    with pytest.raises(InvalidError) as caught:
        requests(services, owner, **order)
    assert list(caught.value.fields) == [field]


def test_an_estimate_is_for_all_prompts_and_all_copies(services, owner):
    order = Order(prompt="a {red|blue} kite", model="plain-paid", count=3)
    assert services.orders.estimate(services.orders.requests(order, owner)) == 6 * 34_000


def test_all_of_an_order_is_started_or_nothing(services, owner):
    services.budgets.set_limits(owner.id, 100_000, None)
    with pytest.raises(OverBudgetError):
        services.orders.place(Order(prompt="{a|b}", model="plain-paid", count=2), owner)
    assert services.gallery.count(owner) == 0


def test_an_order_placed_again_is_the_same(services, owner):
    order, once = Order(prompt="a {red|blue} kite"), Once.of("key", "x")
    first = services.orders.place(order, owner, once)
    again = services.orders.place(order, owner, once)
    assert first.generations == again.generations
    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert services.gallery.count(owner) == 2


def test_a_table_is_started_row_by_row(services, owner, template):
    plan = services.orders.plan(template, "colour\nred\nblue\n", owner, "")
    placed = services.orders.place_table(plan, owner)
    prompts = [view.prompt for view in services.generations.many(placed.generations, owner)]
    assert prompts == ["a red kite", "a blue kite"]


def test_a_table_for_no_model_is_refused(services, owner, template):
    with pytest.raises(InvalidError, match="no model 'dalle'"):
        services.orders.plan(template, "colour\nred\n", owner, "dalle")
