from dataclasses import replace
from datetime import date

from webapp.providers.plain import CAPS, PAID, PlainProvider


def test_every_model_says_what_it_takes_and_costs(api):
    free, paid = api.get("/api/models").get_json()["items"]
    assert (free["id"], free["provider"], free["model"]) == ("plain:plain-1", "plain", "plain-1")
    can = free["capabilities"]
    assert can["aspect_ratios"] == list(CAPS.aspect_ratios)
    assert (can["sizes"], can["default_size"]) == (["64", "256"], "64")
    assert (can["seed"], can["negative_prompt"], can["max_references"]) == ("exact", True, 2)
    assert can["parameters"][0]["name"] == "steps"
    assert (can["parameters"][0]["minimum"], can["parameters"][0]["maximum"]) == (1, 50)
    assert free["price"]["is_free"] is True
    assert paid["price"]["by_size"]["64"] == {"usd": 0.034, "text": "$0.034"}
    assert paid["price"]["text"] == "$0.034 (64), $0.134 (256)"
    assert (paid["shutdown"], paid["successor"]) == (None, None)


def test_a_model_s_last_day_and_heir_are_told(api, services):
    class Ending(PlainProvider):
        def models(self):
            return (CAPS, replace(PAID, shutdown=date(2027, 3, 1), successor="plain-1"))

    services.catalogue._providers["plain"] = Ending()
    paid = api.get("/api/models").get_json()["items"][1]
    assert (paid["shutdown"], paid["successor"]) == ("2027-03-01", "plain-1")


def test_the_providers_that_are_ready_are_named(api):
    providers = api.get("/api/models").get_json()["providers"]
    assert [(item["id"], item["is_ready"]) for item in providers] == [("plain", True)]


def test_a_model_s_id_is_what_a_generation_takes(api):
    for model in api.get("/api/models").get_json()["items"]:
        ask = {"prompt": "x", "model": model["id"]}
        body = api.post("/api/generations", ask).get_json()
        assert (body["provider"], body["model"]) == (model["provider"], model["model"])
