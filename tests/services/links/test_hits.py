import threading

import pytest
from sqlalchemy import select

from tests.servers import temporary_database
from webapp.errors import BusyError
from webapp.models import Link, LinkHit, User
from webapp.services.links import hits as module
from webapp.services.links.hits import OTHERS, LinkHits, host_of


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    with temporary_database(request.param, tmp_path) as database:
        with database.writing() as session:
            session.add(User(id=1, name="ann"))
            session.flush()
            session.add_all([Link(id=1, owner_id=1), Link(id=2, owner_id=1)])
        yield database


@pytest.fixture
def hits(database):
    hits = LinkHits(database, seconds=3600)
    yield hits
    hits.flush()


def kept(database, link=1):
    wanted = select(LinkHit.host, LinkHit.count).where(LinkHit.link_id == link)
    with database.reading() as session:
        return dict(session.execute(wanted).all())


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://Example.ORG/a/secret?token=1#x", "example.org"),
        ("http://user:word@forum.example.net:8080/t/1", "forum.example.net"),
        ("http://[2001:db8::1]/x", "2001:db8::1"),
        ("", ""),
        ("about:blank", ""),
        ("not an address", ""),
        ("http://[broken", ""),
        ("https://" + "a" * 300 + ".org/", ""),
        ("https://exa<script>mple.org/", ""),
        ("https://ex\N{LATIN SMALL LETTER A WITH DIAERESIS}mple.org/", ""),
    ],
)
def test_of_a_referring_address_only_the_host_is_kept(referrer, host):
    assert host_of(referrer) == host


def test_hits_are_added_up_by_host(database, hits):
    for referrer in ("https://a.org/1", "https://a.org/2", "", "https://b.org"):
        hits.note(1, referrer)
    hits.note(2, "https://a.org/")
    hits.flush()
    hits.note(1, "https://a.org/3")
    hits.flush()
    assert kept(database) == {"a.org": 3, "": 1, "b.org": 1}
    assert kept(database, 2) == {"a.org": 1}


def test_nothing_is_written_while_a_picture_is_asked_for(database, hits):
    hits.note(1, "https://a.org/")
    assert kept(database) == {}


def test_hits_are_written_down_by_themselves(database, monkeypatch):
    begun = []

    class Noted(threading.Timer):
        def start(self):
            begun.append(self)
            super().start()

    monkeypatch.setattr(threading, "Timer", Noted)
    hits = LinkHits(database, seconds=0.01)
    hits.note(1, "https://a.org/")
    (timer,) = begun
    timer.join(60)
    assert not timer.is_alive()
    assert kept(database) == {"a.org": 1}


def test_beyond_so_many_hosts_they_are_one(database, hits, monkeypatch):
    monkeypatch.setattr(module, "MOST_HOSTS", 3)
    for number in range(6):
        hits.note(1, f"https://h{number}.org/")
    hits.flush()
    hits.note(1, "https://h0.org/")
    hits.note(1, "https://new.org/")
    hits.flush()
    assert kept(database) == {"h0.org": 2, "h1.org": 1, "h2.org": 1, OTHERS: 4}


def test_only_so_many_wait_in_memory(hits, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    for number in range(6):
        hits.note(1, f"https://h{number}.org/")
    assert hits._waiting == {(1, "h0.org"): 1, (1, "h1.org"): 1, (1, OTHERS): 4}


def test_hits_of_what_is_gone_are_dropped(database, hits):
    hits.note(99, "https://a.org/")
    hits.note(1, "https://a.org/")
    hits.flush()
    assert kept(database) == {"a.org": 1}


def test_what_can_t_be_written_now_is_written_later(database, hits, monkeypatch):
    def busy(*_):
        msg = "The database is busy."
        raise BusyError(msg)

    with monkeypatch.context() as broken:
        broken.setattr(module, "_write", busy)
        hits.note(1, "https://a.org/")
        hits.flush()
    hits.note(1, "https://a.org/")
    hits.flush()
    assert kept(database) == {"a.org": 2}
