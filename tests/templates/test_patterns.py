"""The page of patterns shows every component; rendering it renders nearly every fragment."""

from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"


def test_it_shows_each_state_of_a_tile(browser):
    page = browser.get("/system/patterns").get_data(as_text=True)
    assert "Painting" in page
    assert "In the queue" in page
    assert "The provider refused this prompt" in page


def test_it_asks_the_server_for_no_picture_that_is_not_there(browser):
    page = browser.get("/system/patterns").get_data(as_text=True)
    assert "/t/w640/sample" not in page.replace("easel.example/t/w640/sample", "")


def test_strangers_are_asked_to_sign_in(anonymous):
    assert anonymous.get("/system/patterns").status_code == 303
