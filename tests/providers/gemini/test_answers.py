"""Which picture is taken of an answer, and what is kept of the rest."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.providers.gemini.conftest import SECRET, ignore, never
from tests.providers.gemini.server import (
    PICTURE,
    answer,
    content,
    picture,
    says,
    words,
    writes_the_key,
)
from webapp.providers.base import ProviderError
from webapp.providers.plain import png

ROOT = Path(__file__).parents[3]
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
WEBP = b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20)
DRAFT = png(16, 16, b"\x01\x02\x03")


@pytest.fixture
def result_of(provider, server, request_for):
    """Return what asks for a picture and gets an answer."""

    def ask(act, **changes):
        server.begin(act)
        return provider.generate(request_for(**changes), ignore, never)

    return ask


def test_drafts_among_the_thoughts_are_not_the_picture(result_of):
    act = answer(
        picture(DRAFT, thought=True),
        words("Let me see.", thought=True),
        picture(PICTURE, thoughtSignature="c2ln"),
        words("Here it is."),
    )
    result = result_of(act)
    assert result.data == PICTURE
    assert result.text == "Here it is."


def test_a_picture_that_only_came_as_a_thought_is_the_picture(result_of):
    assert result_of(answer(picture(DRAFT, thought=True), picture(thought=True))).data == PICTURE


def test_a_draft_of_what_was_held_back_is_not_shown(result_of):
    with pytest.raises(ProviderError) as caught:
        result_of(answer(picture(DRAFT, thought=True), finish="IMAGE_SAFETY"))
    assert caught.value.kind == "blocked"


def test_of_several_pictures_the_last_one_counts(result_of):
    assert result_of(answer(picture(DRAFT), words("or"), picture(PICTURE))).data == PICTURE


def test_a_broken_picture_after_a_good_one_does_not_count(result_of):
    assert result_of(answer(picture(PICTURE), picture(b""))).data == PICTURE


@pytest.mark.parametrize("data", [JPEG, WEBP, PICTURE], ids=["JPEG", "WebP", "PNG"])
@pytest.mark.parametrize("mime", ["image/png", "text/html", ""])
def test_the_bytes_say_what_a_picture_is_and_not_its_label(result_of, data, mime):
    assert result_of(answer(picture(data, mime))).data == data


def test_a_picture_is_taken_whatever_ended_the_answer(result_of):
    assert result_of(answer(picture(), finish="A_REASON_OF_TOMORROW")).data == PICTURE


def test_base64_of_the_alphabet_for_addresses_is_read_too(result_of):
    data = PICTURE[:9] + b"\xfb\xef\xff" * 9
    text = base64.urlsafe_b64encode(data).decode()
    assert {"-", "_"} & set(text)
    part = {"inlineData": {"mimeType": "image/png", "data": text}}
    assert result_of(answer(part)).data == data


def test_the_names_of_answer_and_model_are_kept(result_of):
    assert result_of(answer(picture())).meta == {
        "responseId": "nWwzafC8M7Kw_uMPtYnC2Ak",
        "modelVersion": "gemini-nano-banana-2.1",
    }


def account(images, sent, total):
    details = [{"modality": "IMAGE", "tokenCount": images}]
    counts = {"promptTokenCount": sent, "totalTokenCount": total}
    return {"candidatesTokensDetails": details} | {
        name: count for name, count in counts.items() if count is not None
    }


@pytest.mark.parametrize(
    ("images", "sent", "cost"),
    [(1120, 0, 33_600), (1120, 1000, 35_100), (2240, 4000, 73_200), (560, 10, 16_815)],
)
def test_the_cost_follows_from_the_tokens_of_pictures_and_of_what_was_sent(
    result_of, images, sent, cost
):
    usage = account(images, sent, images + sent)
    assert result_of(answer(picture(), usageMetadata=usage)).cost == cost


@pytest.mark.parametrize(
    ("sent", "total", "cost"),
    [
        (10, 800, 33_600),  # words or thoughts, whose price is not known
        (None, 570, 33_600),
        (10, None, 33_600),
        (20_000, 20_800, 46_800),  # what was counted is dearer
    ],
)
def test_a_count_that_lacks_something_costs_no_less_than_the_table_says(
    result_of, sent, total, cost
):
    usage = account(560, sent, total)
    assert result_of(answer(picture(), usageMetadata=usage), size="1K").cost == cost


def test_the_table_is_asked_for_the_size_that_was_made(result_of):
    usage = account(560, None, None)
    assert result_of(answer(picture(), usageMetadata=usage), size="4K").cost == 113_000


def test_the_cost_is_not_known_for_models_without_a_price_of_tokens(result_of):
    assert result_of(answer(picture()), model="gemini-3-pro-image").cost is None


@pytest.mark.parametrize(
    "usage", [None, [], {"candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": -5}]}]
)
def test_an_account_that_makes_no_sense_gives_no_cost(result_of, usage):
    assert result_of(answer(picture(), usageMetadata=usage)).cost is None


def test_the_seed_that_was_asked_for_is_kept(result_of):
    assert result_of(answer(picture()), seed=2**32 - 1).seed == 2**32 - 1


def test_an_answer_in_snake_case_is_understood(result_of):
    part = {"inline_data": picture()["inlineData"]}
    assert result_of(answer(part)).data == PICTURE


def test_what_a_server_repeats_of_the_key_is_hidden(result_of):
    with pytest.raises(ProviderError) as caught:
        result_of(writes_the_key)
    assert caught.value.text == "Your key is [key]."
    assert "Nothing for [key]." in caught.value.detail


def test_a_key_in_the_words_beside_a_picture_is_hidden(result_of):
    result = result_of(answer(picture(), words(f"I know {SECRET}."), modelVersion=SECRET))
    assert result.text == "I know [key]."
    assert result.meta["modelVersion"] == "[key]"


@pytest.mark.parametrize("value", [None, 7, "x", [], [None], {}, [{"content": []}], [[]]])
def test_no_form_of_candidates_is_more_than_a_missing_picture(result_of, value):
    body = content([], 0) | {"candidates": value}
    with pytest.raises(ProviderError) as caught:
        result_of(says(200, json.dumps(body)))
    assert caught.value.kind == "no_image"


@pytest.mark.slow
def test_a_picture_of_15_mb_takes_less_than_300_mib(server):
    server.begin(answer(picture(PICTURE + os.urandom(15_000_000))))
    command = [sys.executable, "-m", "tests.providers.gemini.memory", "15", server.url]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    assert int(done.stdout) < 300
