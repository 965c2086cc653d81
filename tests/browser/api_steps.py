"""The API as pages, to look at."""

from typing import Any


def api_root(tour: Any) -> None:
    tour.go("/api.html")


def api_generations(tour: Any) -> None:
    tour.go("/api/generations.html?limit=2")


def api_generation(tour: Any) -> None:
    found = tour.studio.easel.services.generations.page(tour.person, "", 3).generations
    tour.go(f"/api/generations/{found[-1].id}")


def api_form(tour: Any) -> None:
    tour.go("/api/generations")
    tour.page.locator("summary", has_text="POST").first.click()


def api_refused(tour: Any) -> None:
    api_form(tour)
    tour.page.get_by_label("count").fill("400")
    tour.page.locator("form[method=post]").get_by_role("button").last.click()


def api_docs(tour: Any) -> None:
    tour.go("/api/docs")


def api_docs_operation(tour: Any) -> None:
    tour.go("/api/docs")
    tour.page.locator("#generations_create > summary").click()
    tour.page.locator("#generations_create").scroll_into_view_if_needed()


PLACES = (
    api_root,
    api_generations,
    api_generation,
    api_form,
    api_refused,
    api_docs,
    api_docs_operation,
)
