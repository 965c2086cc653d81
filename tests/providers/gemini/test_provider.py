import logging
import subprocess
import sys
import threading
import time
from datetime import date

import pytest

from tests.providers.contract import ProviderContract, late_once
from tests.providers.gemini.conftest import SECRET, ignore, never
from tests.providers.gemini.faults import FAULTS
from tests.providers.gemini.server import (
    MODELS,
    answer,
    as_google_does,
    denied_key,
    echoes_the_key,
    model_list,
    picture,
    says,
    trickles,
    waits,
    writes_the_key,
)
from webapp.errors import SettingsError
from webapp.providers import PROVIDERS, providers_from
from webapp.providers.base import Checkable, ProviderError, Setup
from webapp.providers.base.patience import Patience
from webapp.providers.gemini import GeminiProvider

BROKEN = (echoes_the_key, writes_the_key, FAULTS[0].act, says(502, "<html>"), says(200, ""))


class TestGemini(ProviderContract):
    secrets = (SECRET,)

    @pytest.fixture
    def provider(self, provider_of):
        return provider_of()

    @pytest.fixture
    def slow_provider(self, provider, server):
        server.begin(waits)
        return provider

    @pytest.fixture
    def failing(self, provider, server, request_for):
        acts = {f"!{number}": act for number, act in enumerate(BROKEN)}

        def by_prompt(handler, seen):
            prompt = seen.body["contents"][0]["parts"][0]["text"]
            acts.get(prompt, as_google_does)(handler, seen)

        server.begin(*[by_prompt] * 9)
        return [(provider, request_for(prompt=prompt)) for prompt in acts]


def test_without_a_key_there_is_no_gemini():
    assert PROVIDERS["gemini"](Setup("gemini", {})) is None
    assert PROVIDERS["gemini"](Setup("gemini", {"api_key": "  ", "timeout": "x"})) is None


def test_with_a_key_there_is_one():
    section = {"gemini": {"api_key": SECRET}}
    provider = providers_from(lambda name: section.get(name, {}))["gemini"]
    assert isinstance(provider, Checkable)
    assert [caps.id for caps in provider.models()] == list(MODELS)


def test_all_mistakes_are_told_at_once_and_the_key_is_not():
    section = {
        "api_key": f"{SECRET}\n{SECRET}",
        "base_url": "ftp://somewhere",
        "api_version": "../v1",
        "timeout": "soon",
    }
    models = {"gemini-x": {"price": "much"}}
    with pytest.raises(SettingsError) as caught:
        GeminiProvider.from_setup(Setup("gemini", section, models))
    for name in ("API_KEY", "BASE_URL", "API_VERSION", "TIMEOUT"):
        assert f"EASEL_GEMINI__{name} must be" in str(caught.value)
    assert "EASEL_MODELS: gemini: gemini-x: price must be" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["../../secrets", "a b", "x?key=1", "models/x", "-x"])
def test_a_name_that_no_model_can_have_is_refused(provider_of, provider, request_for, name):
    with pytest.raises(SettingsError, match="can't be the name of a model"):
        provider_of(models={name: {"price": 1}})
    with pytest.raises(ProviderError) as caught:
        provider.generate(request_for(model=name), ignore, never)
    assert caught.value.kind == "no_model"


def test_a_model_of_ones_own_can_be_added(provider_of):
    models = provider_of(models={"gemini-5-image": {"price": {"1K": 0.05}, "sizes": ["1K", "8K"]}})
    caps = models.models()[-1]
    assert (caps.id, caps.title, caps.seed) == ("gemini-5-image", "gemini-5-image", "best-effort")
    assert caps.price("1K") == 50_000
    assert "16:9" in caps.aspect_ratios


def test_a_price_of_ones_own_counts_instead_of_tokens(provider_of, request_for, server):
    server.begin(answer(picture()))
    provider = provider_of(models={"gemini-nano-banana-2.1": {"price": 0.01}})
    assert provider.generate(request_for(), ignore, never).cost is None
    assert provider.models()[0].price("2K") == 10_000


def test_models_that_are_gone_are_known_and_not_offered(provider):
    gone = provider.retired()
    assert not set(gone) & {caps.id for caps in provider.models()}
    assert gone["gemini-2.5-flash-image"].successor == "gemini-nano-banana-2.1"
    assert gone["gemini-3.1-flash-image"].shutdown == date(2026, 10, 29)


def test_every_successor_is_a_model_that_is_offered(provider):
    offered = {caps.id for caps in provider.models()}
    assert {caps.successor for caps in provider.retired().values()} <= offered


def test_a_model_that_is_gone_names_its_successor_without_asking(provider, request_for, server):
    with pytest.raises(ProviderError) as caught:
        provider.generate(request_for(model="gemini-2.5-flash-image"), ignore, never)
    assert caught.value.kind == "no_model"
    assert str(caught.value) == (
        "Google has shut Nano Banana down (02 October 2026). Use Nano Banana 2.1."
    )
    assert server.seen == []


def test_a_model_that_google_takes_away_names_the_successor_of_the_table(
    provider_of, request_for, server
):
    server.begin(next(fault.act for fault in FAULTS if fault.name == "retired model"))
    table = {"gemini-nano-banana-2.1": {"successor": "gemini-3-pro-image"}}
    with pytest.raises(ProviderError, match="Use gemini-3-pro-image instead"):
        provider_of(models=table).generate(request_for(), ignore, never)


def test_a_model_gone_by_the_table_can_be_brought_back(provider_of):
    back = provider_of(models={"gemini-3.1-flash-image": {"shutdown": "2030-01-01"}})
    assert "gemini-3.1-flash-image" in {caps.id for caps in back.models()}


def test_a_check_says_that_the_key_works(provider, server):
    report = provider.check()
    assert report.message == "The key works, for 3 of 3 models."
    assert report.models == MODELS
    assert report.warnings == ()
    assert [seen.method for seen in server.seen] == ["GET"]


def test_a_check_names_what_is_missing_and_what_is_new(provider, server):
    server.begin(model_list(MODELS[0], "gemini-9-image", "gemini-9-text", "gemini-2.5-flash-image"))
    report = provider.check()
    assert report.message == "The key works, for 1 of 3 models. It can also use gemini-9-image."
    assert report.warnings == (
        "The key can't use Nano Banana Pro (gemini-3-pro-image).",
        "The key can't use Nano Banana 2 Lite (gemini-3.1-flash-lite-image).",
    )


def test_a_check_warns_of_models_that_will_go(provider_of):
    provider = provider_of(models={"gemini-3-pro-image": {"shutdown": "2027-03-01"}})
    assert provider.check().warnings == (
        "Google shuts Nano Banana Pro (gemini-3-pro-image) down on 01 March 2027.",
    )


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (echoes_the_key, "auth"),
        (denied_key, "permission"),
        (says(200, "<html>"), "bad_response"),
        (says(200, '{"models": 7}'), "bad_response"),
        (says(404, "<html>", "text/html"), "bad_response"),
        (trickles, "timeout"),
        (waits, "timeout"),
    ],
)
def test_a_check_that_fails_says_why_and_never_costs(provider_of, server, act, kind, monkeypatch):
    server.begin(act)
    if kind == "timeout":
        late_once(monkeypatch, lambda: server.seen)
    with pytest.raises(ProviderError) as caught:
        provider_of(patience=Patience(deadline=60)).check()
    assert caught.value.kind == kind
    assert not caught.value.may_have_cost
    assert "charged" not in str(caught.value)
    assert len(server.seen) == 1


def test_a_list_without_end_is_left_after_some_pages(provider, server):
    page = '{"models": [{"name": "models/x"}], "nextPageToken": "again"}'
    server.begin(*[says(200, page)] * 50)
    assert len(provider.check().warnings) == 3
    assert len(server.seen) < 20


def test_who_leaves_is_let_go_at_once_and_told_that_it_may_cost(provider, server, request_for):
    server.begin(waits)
    start = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        provider.generate(request_for(), ignore, lambda: bool(server.seen))
    assert (caught.value.kind, caught.value.may_have_cost) == ("cancelled", True)
    assert time.monotonic() - start < 10


def test_nothing_is_asked_for_who_has_left_before(provider, server, request_for):
    with pytest.raises(ProviderError) as caught:
        provider.generate(request_for(), ignore, lambda: True)
    assert (caught.value.kind, caught.value.may_have_cost) == ("cancelled", False)
    assert server.seen == []


def test_many_threads_share_one_client(provider, request_for):
    results: list[int] = []
    wishes = [request_for(aspect_ratio=ratio) for ratio in ("1:1", "16:9", "9:16", "3:2")] * 3

    def work(wish):
        results.append(len(provider.generate(wish, ignore, never).data))

    threads = [threading.Thread(target=work, args=(wish,)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 12


def test_nothing_that_is_logged_holds_the_key(provider, request_for, caplog):
    with caplog.at_level(logging.DEBUG):
        provider.generate(request_for(), ignore, never)
        provider.check()
    assert SECRET not in caplog.text + repr(provider) + repr(vars(provider))


def test_setting_gemini_up_loads_neither_google_genai_nor_an_http_client():
    code = (
        "import sys, webapp.app; from webapp.providers import providers_from;"
        "made = providers_from(lambda name: {'api_key': 'x'} if name == 'gemini' else {});"
        "assert made['gemini'].models() and made['gemini'].retired();"
        "loaded = {'google', 'google.genai', 'httpx2', 'httpcore2', 'spectree'} & set(sys.modules);"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
