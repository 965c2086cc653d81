"""Templates to look at and to try, and the places where they are."""

from typing import TYPE_CHECKING, Any

from webapp.services.accounts import Viewer
from webapp.services.templates.drafts import TemplateDraft
from webapp.services.templates.text import Section
from webapp.services.templates.variables import Variable

if TYPE_CHECKING:
    from tests.browser.studio import Studio

POSTER = TemplateDraft(
    title="Concert poster",
    description="A poster for the series in the old boathouse, the same look every month.",
    sections=(
        Section("ROLE", "You are a designer of posters for {venue}."),
        Section("THEME", "{theme}, in {colour}"),
        Section("STYLE", "{style}, {count} large shapes, {{bold|quiet}|playful}, no lettering."),
    ),
    variables=(
        Variable("venue", "Venue", "the Old Boathouse"),
        Variable(
            "theme",
            "Theme",
            "A string quartet on a lake at dusk",
            kind="long",
            hint="Who plays, and what it feels like",
        ),
        Variable("colour", "Main colour", "#e85d04", kind="colour"),
        Variable(
            "style",
            "Style",
            "Flat print",
            kind="choice",
            choices=("Flat print", "Oil painting", "Watercolour", "Woodblock print"),
        ),
        Variable("count", "Shapes", "3", kind="number", minimum="1", maximum="9", step="1"),
    ),
    aspect_ratio="2:3",
    is_shared=True,
)
SHOT = TemplateDraft(
    title="Product on paper",
    description="One thing, soft window light, a sheet of coloured paper.",
    sections=(Section("", "{product} on {paper} paper, soft window light"),),
    variables=(
        Variable("product", "Product", "a ceramic cup", example="a linen shirt"),
        Variable("paper", "Paper", "cream"),
    ),
    aspect_ratio="1:1",
)
TABLE = (
    "venue,theme,style,count\n"
    "The Mill,A brass band in the snow,Oil painting,2\n"
    ",Jazz by the river,,1\n"
)
BROKEN = "venue,them,style\nThe Mill,A brass band,Oil painting\n"


def keep_templates(studio: "Studio", person: Viewer) -> list[str]:
    """Give a person templates, one of them used; return their ids, the used one first."""
    templates = studio.easel.services.templates
    kept = [templates.create(person, draft).slug for draft in (POSTER, SHOT)]
    templates.save(kept[0], person, POSTER, 1)
    for prompt in ("A string quartet on a lake at dusk, flat print", "Jazz by the river, dusk"):
        studio.painted(person, prompt, aspect_ratio="2:3", template=kept[0])
    return kept


def ids(tour: Any) -> list[str]:
    """Return the ids of the person's templates, made when they are first looked at."""
    cards = tour.studio.easel.services.prompts.shelf.group("own", tour.person).cards
    found = {card.title: card.slug for card in cards}
    if POSTER.title not in found:
        return keep_templates(tour.studio, tour.person)
    return [found[POSTER.title], found[SHOT.title]]


def templates(tour: Any) -> None:
    ids(tour)
    tour.go("/templates")


def templates_empty(tour: Any) -> None:
    tour.go("/templates?q=zeppelin")


def template_starter(tour: Any) -> None:
    tour.go("/templates/event-banner")


def template_own(tour: Any) -> None:
    tour.go(f"/templates/{ids(tour)[0]}")


def template_refused(tour: Any) -> None:
    template_own(tour)
    tour.page.get_by_label("Shapes").fill("12")
    tour.page.get_by_role("button", name="Generate", exact=True).click()
    tour.page.get_by_text("Shapes is at most 9.").first.wait_for()


def template_new(tour: Any) -> None:
    tour.go("/templates/new")


def template_edit(tour: Any) -> None:
    tour.go(f"/templates/{ids(tour)[0]}/edit")


def template_conflict(tour: Any) -> None:
    ref = ids(tour)[1]
    tour.go(f"/templates/{ref}/edit")
    editor, prompts = tour.studio.easel.services.templates, tour.studio.easel.services.prompts
    editor.save(ref, tour.person, SHOT, prompts.template(ref, tour.person).version)
    tour.page.get_by_label("Title", exact=True).fill("Product on a sheet of paper")
    tour.page.get_by_role("button", name="Save version").click()
    tour.page.locator("#template-conflict").wait_for()


def template_batch(tour: Any) -> None:
    tour.go(f"/templates/{ids(tour)[0]}/batch")


def template_batch_refused(tour: Any) -> None:
    template_batch(tour)
    tour.page.get_by_label("Or paste the table").fill(BROKEN)
    tour.page.get_by_role("button", name="Check the table").click()
    tour.page.get_by_text("Nothing has been started").wait_for()


def template_batch_confirm(tour: Any) -> None:
    template_batch(tour)
    tour.page.get_by_label("Or paste the table").fill(TABLE)
    tour.page.get_by_role("button", name="Check the table").click()
    tour.page.locator("#batch-confirm").wait_for()


def template_import(tour: Any) -> None:
    tour.go("/templates/import")


def templates_trash(tour: Any) -> None:
    tour.go("/templates/trash")


def prompts(tour: Any) -> None:
    tour.go("/prompts")


def prompt_expansions(tour: Any) -> None:
    tour.go("/prompts/expansions?prompt=A {red|blue|} kite over {a {flowering |}meadow|the sea}")


PLACES = (
    templates,
    templates_empty,
    template_starter,
    template_own,
    template_refused,
    template_new,
    template_edit,
    template_conflict,
    template_batch,
    template_batch_refused,
    template_batch_confirm,
    template_import,
    templates_trash,
    prompts,
    prompt_expansions,
)
