import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.providers.loopback import Call, Exchange, serving
from webapp.models import now_ms
from webapp.services.webhooks import outbox, sender
from webapp.services.webhooks.events import EVENTS
from webapp.settings import Settings

BASE = "https://easel.example"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Return settings with which receivers here are told, however slow this machine may be."""
    monkeypatch.setattr(sender, "SECONDS", 60.0)
    return Settings(data_dir=tmp_path / "data", webhook_hosts=("127.0.0.1",), base_url=BASE)


@pytest.fixture
def services(services):
    """Return services for which every telling is quick: who takes a second is left alone."""
    services.webhooks.sender._timer = lambda: 0.0
    return services


@dataclass
class Clock:
    """A clock that stands still until it is put forward."""

    moment: int = field(default_factory=now_ms)

    def __call__(self) -> int:
        return self.moment

    def forward(self, ms: int) -> None:
        self.moment += ms


@pytest.fixture
def clock(services, monkeypatch):
    """Give the time to all that waits."""
    clock = Clock()
    for service in (services.webhooks.sender, services.webhooks.log, services.jobs):
        service._clock = clock
    monkeypatch.setattr(outbox, "now_ms", clock)
    return clock


@pytest.fixture
def sweep(services, runner):
    """Bring jobs that are due, as the sweep does every two seconds."""
    return lambda: runner.send(services.jobs.overdue(100))


@dataclass
class Receiver:
    """Somebody who is told; `answers` are statuses to give, the last one for ever."""

    answers: list[int] = field(default_factory=lambda: [200])
    said: bytes = b"thanks"
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, exchange: Exchange) -> None:
        with self.lock:
            status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        more = {"Location": self.url + "/elsewhere"} if 300 <= status < 400 else {}
        exchange.reply(status, self.said, **more)

    @property
    def told(self) -> list[Any]:
        return [call.json for call in self.calls]

    @property
    def events(self) -> list[str]:
        return [item["event"] for item in self.told]


@pytest.fixture
def receiver():
    receiver = Receiver()
    with serving(receiver) as server:
        receiver.url, receiver.calls = server.url, server.calls
        yield receiver


@pytest.fixture
def hook(services, owner, receiver):
    """Return a webhook of the owner's that is told everything, and its secret."""
    return services.webhooks.shelf.create(owner, receiver.url + "/hook", list(EVENTS))


@pytest.fixture
def deliveries(services, owner, hook):
    """Return the log, oldest first."""
    return lambda: services.webhooks.log.page(hook[0].id, owner, limit=100).deliveries[::-1]
