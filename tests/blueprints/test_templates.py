import io
import json
import re
from dataclasses import replace

import pytest

from tests.services.templates.test_editor import DRAFT
from webapp.jobs import NullRunner
from webapp.services.templates.text import Section


@pytest.fixture
def runner():
    return NullRunner()


@pytest.fixture
def ref(services, owner):
    """Return the id of a template of the owner's."""
    return services.templates.create(owner, DRAFT).slug


def text(answer):
    return answer.get_data(as_text=True)


def form(**changes):
    """Return what the editor sends for the template of these tests."""
    return {
        "title": "Harbour",
        "description": "",
        "section_title": ["THEME", ""],
        "section_text": ["{boat}", "in the {light}"],
        "variable_name": ["boat", "light"],
        "variable_label": ["Boat", "Light"],
        "variable_kind": ["text", "choice"],
        "variable_default": ["a dinghy", "fog"],
        "variable_choices": ["", "fog\r\nrain"],
        "variable_hint": ["", ""],
        "variable_example": ["", ""],
        "variable_minimum": ["", ""],
        "variable_maximum": ["", ""],
        "variable_step": ["", ""],
        "aspect_ratio": "3:2",
        "do": "save",
    } | changes


def test_the_shelf_shows_own_shared_and_starters(browser, ref, services, stranger):
    shared = services.templates.create(stranger, replace(DRAFT, is_shared=True))
    page = text(browser.get("/templates"))
    assert f"/templates/{ref}" in page
    assert f"/templates/{shared.slug}" in page
    assert "/templates/wide-landscape" in page
    assert "By charlie" in page


def test_a_search_gives_the_groups_alone_to_htmx(browser, ref):
    page = text(browser.fragment("/templates?q=harbour"))
    assert "<html" not in page
    assert 'id="template-groups"' in page
    assert "wide-landscape" not in page
    assert "No template matches" in text(browser.get("/templates?q=zeppelin"))


def test_more_of_a_group_is_added_below(browser, services, owner):
    services.templates.create_all(owner, [DRAFT] * 50)
    page = text(browser.get("/templates?show=own"))
    [more] = re.findall(r'hx-get="([^"]*before=[^"]*)"', page)
    added = text(browser.fragment(more.replace("&amp;", "&")))
    assert added.count("shelf-card") == 2
    assert 'hx-target="#cards-own"' in added


def test_a_template_has_a_form_made_of_its_variables(browser, ref):
    page = text(browser.get(f"/templates/{ref}"))
    assert 'name="var_boat"' in page
    assert "<option" in page
    assert "THEME: a dinghy in the fog" in page
    assert f"api/templates/{ref}/run" in page


@pytest.mark.parametrize("path", ["", "/edit", "/batch", "/export", "/example.csv"])
def test_somebody_elses_template_is_not_there(stranger_browser, ref, path):
    assert stranger_browser.get(f"/templates/{ref}{path}").status_code == 404
    assert "Harbour" not in text(stranger_browser.get(f"/templates/{ref}{path}"))


@pytest.mark.parametrize(
    "path",
    [
        *("edit", "preview", "run", "compose", "copy", "delete", "restore", "picture"),
        *("batch", "batch/start", "versions/1/restore"),
    ],
)
def test_nothing_can_be_done_with_somebody_elses_template(
    services, stranger_browser, ref, path, owner
):
    assert stranger_browser.post(f"/templates/{ref}/{path}", form()).status_code == 404
    assert services.prompts.template(ref, owner).version == 1


@pytest.mark.parametrize("path", ["edit", "delete", "picture", "versions/1/restore"])
def test_a_starter_can_t_be_changed(browser, path):
    assert browser.post(f"/templates/wide-landscape/{path}", form()).status_code == 404


def test_the_preview_follows_what_is_typed(browser, ref):
    page = text(browser.post(f"/templates/{ref}/preview", {"var_boat": "<b>kite"}, htmx=True))
    assert "THEME: &lt;b&gt;kite in the fog" in page
    assert "<html" not in page
    whole = text(browser.post(f"/templates/{ref}/preview", {"var_boat": "a kite"}))
    assert "THEME: a kite in the fog" in whole
    assert 'value="a kite"' in whole


def test_a_filled_form_becomes_pictures(services, browser, ref, owner):
    answer = browser.post(f"/templates/{ref}/run", {"var_boat": "a ferry", "count": "2"})
    assert (answer.status_code, answer.location) == (303, "/")
    pictures = services.images.get_images(owner).pictures
    assert [item.prompt for item in pictures] == ["THEME: a ferry in the fog"] * 2
    made_by = services.gallery.generation_of(pictures[0])
    assert (made_by.template, made_by.variables) == (ref, {"boat": "a ferry"})
    assert made_by.template_version == 1


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
def test_a_value_that_can_t_be_is_refused_at_its_field(services, browser, ref, owner, htmx):
    values = {"var_light": "neon", "var_boat": "kept"}
    answer = browser.post(f"/templates/{ref}/run", values, htmx=htmx)
    assert answer.status_code == 422
    assert "Light is one of fog, rain." in text(answer)
    assert "kept" in text(answer)
    assert ("<html" in text(answer)) is not htmx
    assert services.images.get_images(owner).pictures == ()


def test_more_prompts_than_are_made_at_a_time_are_refused(services, browser, owner):
    draft = replace(DRAFT, sections=(Section("", "{boat} {light}" + " {a|b}" * 7),))
    ref = services.templates.create(owner, draft).slug
    answer = browser.post(f"/templates/{ref}/run")
    assert answer.status_code == 422
    assert "This makes 128 prompts." in text(answer)


def test_a_form_can_be_taken_to_the_composer(services, browser, owner):
    values = {"var_city": "Lisbon", "count": "3", "aspect_ratio": "1:1"}
    answer = browser.post("/templates/night-city/compose", values)
    assert answer.location == "/create"
    draft = services.composer.drafts.read(owner)
    assert (draft.template, draft.variables, draft.count) == ("night-city", {"city": "Lisbon"}, 3)
    assert 'value="Lisbon"' in text(browser.get("/create"))


def test_a_new_template_is_kept(services, browser, owner):
    assert 'id="template-editor"' in text(browser.get("/templates/new"))
    answer = browser.post("/templates/new", form(is_shared="1"))
    assert answer.status_code == 303
    template = services.prompts.template(answer.location.rpartition("/")[2], owner)
    assert template.text == "THEME: {boat}\n\nin the {light}"
    assert template.variables[1].choices == ("fog", "rain")
    assert template.is_shared


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
def test_mistakes_are_told_and_nothing_typed_is_lost(browser, htmx):
    sent = form(title="", variable_default=["a <dinghy>", "neon"])
    answer = browser.post("/templates/new", sent, htmx=htmx)
    page = text(answer)
    assert answer.status_code == 422
    assert "Give the template a title." in page
    assert "is one of fog, rain." in page
    assert "a &lt;dinghy&gt;" in page


@pytest.mark.parametrize(
    ("action", "titles"),
    [
        ("section-add", ["THEME", "", ""]),
        ("section-remove-0", [""]),
        ("section-down-0", ["", "THEME"]),
        ("section-up-1", ["", "THEME"]),
        ("section-up-0", ["THEME", ""]),
        ("section-down-1", ["THEME", ""]),
        (
            "section-remove-99999999999",
            [
                "",
            ],
        ),
        ("section-fly-1", ["THEME", ""]),
        ("preview", ["THEME", ""]),
        ("", ["THEME", ""]),
    ],
)
def test_rows_come_go_and_move_without_script(browser, action, titles):
    answer = browser.post("/templates/new", form(do=action))
    found = re.findall(r'name="section_title"\s+value="([^"]*)"', text(answer))
    assert answer.status_code == 200
    assert found == titles


def test_the_gaps_of_the_text_get_their_variables(browser):
    sent = form(section_text=["{boat} {far_away}", "{light}"], do="gaps")
    page = text(browser.post("/templates/new", sent))
    assert re.findall(r'name="variable_name"\s+value="([^"]*)"', page) == [
        "boat",
        "light",
        "far_away",
    ]


def test_the_editor_previews_what_it_holds(browser):
    page = text(browser.post("/templates/preview", form(), htmx=True))
    assert "THEME: a dinghy" in page
    assert "<html" not in page


def test_saving_makes_the_next_version(services, browser, ref, owner):
    page = text(browser.get(f"/templates/{ref}/edit"))
    assert 'name="base" value="1"' in page
    answer = browser.post(f"/templates/{ref}/edit", form(title="Port", base="1"))
    assert answer.location == f"/templates/{ref}"
    assert services.prompts.template(ref, owner).version == 2


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
def test_two_tabs_lose_nothing_to_each_other(services, browser, ref, owner, htmx):
    browser.post(f"/templates/{ref}/edit", form(title="From the first tab", base="1"))
    late = form(title="From the second tab", section_text=["{boat} mine", "{light}"], base="1")
    answer = browser.post(f"/templates/{ref}/edit", late, htmx=htmx)
    page = text(answer)
    assert answer.status_code == 409
    assert "owner saved version 2 meanwhile" in page
    assert "From the first tab" in page
    assert "From the second tab" in page
    assert "{boat} mine" in page
    assert "Save mine as version 3" in page
    assert services.prompts.template(ref, owner).title == "From the first tab"
    [base] = re.findall(r'name="base" value="(\d+)"', page)
    assert browser.post(f"/templates/{ref}/edit", late | {"base": base}).status_code == 303
    assert services.prompts.template(ref, owner).title == "From the second tab"
    assert (
        services.prompts.template(ref, owner, version=2).text == "THEME: {boat}\n\nin the {light}"
    )


PAID = {"model": "plain:plain-paid", "aspect_ratio": "1:1"}


def test_what_a_run_costs_stands_beside_the_button_before_it_is_pressed(browser, ref):
    asked = PAID | {"var_boat": "a kite", "count": "4"}
    for htmx in (True, False):
        page = text(browser.post(f"/templates/{ref}/preview", asked, htmx=htmx))
        assert "4 \N{MULTIPLICATION SIGN} $0.034 = $0.136" in page
    assert "$" not in text(browser.post(f"/templates/{ref}/preview", {}, htmx=True))


def test_what_a_run_costs_counts_every_prompt_and_nothing_that_would_be_refused(
    services, browser, owner
):
    def page(words):
        draft = replace(DRAFT, sections=(Section("", words),), variables=())
        ref = services.templates.create(owner, draft).slug
        return text(browser.post(f"/templates/{ref}/preview", PAID, htmx=True))

    assert "2 \N{MULTIPLICATION SIGN} $0.034 = $0.068" in page("a {red|blue} kite")
    assert "$" not in page("{a|b|c|d|e|f|g|h|i} {1|2|3|4|5|6|7|8|9}")


def test_versions_can_be_seen_and_brought_back(services, browser, ref, owner):
    browser.post(f"/templates/{ref}/edit", form(base="1"))
    page = text(browser.get(f"/templates/{ref}?version=1"))
    assert "This is version 1, not the newest one." in page
    browser.post(f"/templates/{ref}/versions/1/restore")
    assert services.prompts.template(ref, owner).version == 3
    assert browser.get(f"/templates/{ref}?version=9").status_code == 404


def test_a_deleted_template_comes_back(browser, ref):
    assert "Undo" in text(browser.post(f"/templates/{ref}/delete", htmx=True))
    assert browser.get(f"/templates/{ref}").status_code == 404
    assert "Harbour" in text(browser.get("/templates/trash"))
    assert browser.post(f"/templates/{ref}/restore").location == f"/templates/{ref}"
    assert browser.get(f"/templates/{ref}").status_code == 200


def test_a_starter_is_made_ones_own_and_opened_in_the_editor(browser):
    answer = browser.post("/templates/event-banner/copy")
    assert re.fullmatch(r"/templates/\w{11}/edit", answer.location)


def test_templates_go_out_and_come_in_as_files(services, browser, ref, owner):
    answer = browser.get(f"/templates/{ref}/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="harbour.json"'
    data = {"file": (io.BytesIO(answer.data), "harbour.json")}
    there = browser.post("/templates/import", data, content_type="multipart/form-data")
    assert services.prompts.template(there.location.rpartition("/")[2], owner).title == "Harbour"
    assert len(json.loads(browser.get("/templates/export").data)["templates"]) == 2


def test_an_import_lists_every_mistake(browser):
    answer = browser.post("/templates/import", {"text": '{"easel": "template", "version": 1}'})
    assert answer.status_code == 422
    assert "Give the template a title." in text(answer)
    assert "one section at least" in text(answer)


TABLE = "boat;light\r\na ferry;rain\r\na canoe;fog\r\n"


def test_a_table_is_looked_at_before_anything_runs(services, browser, ref, owner):
    data = {"file": (io.BytesIO(TABLE.encode("utf-8-sig")), "boats.csv")}
    page = text(browser.post(f"/templates/{ref}/batch", data, content_type="multipart/form-data"))
    assert "2 pictures from 2 rows" in page
    assert "THEME: a ferry in the rain" in page
    assert services.images.get_images(owner).pictures == ()
    answer = browser.post(f"/templates/{ref}/batch/start", {"text": TABLE})
    assert answer.location == "/queue"
    assert len(services.images.get_images(owner).pictures) == 2


def test_a_table_that_was_fine_comes_back_to_be_changed(browser, ref):
    assert 'name="do"' in text(browser.post(f"/templates/{ref}/batch", {"text": TABLE}))
    page = text(browser.post(f"/templates/{ref}/batch", {"text": TABLE, "do": "change"}))
    assert "a ferry;rain" in page
    assert "Check the table" in page
    assert "2 pictures from 2 rows" not in page


def test_a_table_of_one_picture_is_told_in_the_singular(browser, ref):
    browser.post(f"/templates/{ref}/batch/start", {"text": "boat\na ferry\n"})
    assert "One image is on its way." in text(browser.get("/queue"))


def test_a_table_with_mistakes_starts_nothing(services, browser, ref, owner):
    bad = "boat,light\na,neon\nb,fog\nc\n"
    for path in ("batch", "batch/start"):
        answer = browser.post(f"/templates/{ref}/{path}", {"text": bad})
        assert answer.status_code == 422
        assert "Row 2: Light is one of fog, rain." in text(answer)
        assert "Row 4:" in text(answer)
    assert services.images.get_images(owner).pictures == ()


def test_a_large_table_can_be_sent_back_with_its_confirmation(browser, ref):
    large = "boat\n" + "\n".join("x" * 1_900 for _ in range(500))
    assert "500 pictures" in text(browser.post(f"/templates/{ref}/batch", {"text": large}))


def test_a_file_in_another_encoding_is_read_and_told(browser, ref):
    data = {"file": (io.BytesIO("boat\nKöln\n".encode("latin-1")), "a.csv")}
    page = text(browser.post(f"/templates/{ref}/batch", data, content_type="multipart/form-data"))
    assert "This file is not UTF-8" in page
    assert "Köln" in page


def test_the_example_names_the_columns(browser, ref):
    assert text(browser.get(f"/templates/{ref}/example.csv")) == "boat,light\r\na dinghy,fog\r\n"
