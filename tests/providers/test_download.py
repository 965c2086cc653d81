import datetime as dt
import errno
import gzip
import io
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.providers.loopback import free_port, serving
from webapp.providers.base import addresses
from webapp.providers.base.download import fetch, fetch_to
from webapp.providers.base.reach import DownloadError

FILE = b"\x89PNG and so on"
PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback elsewhere": "127.8.9.1",
    "unspecified": "0.0.0.0",
    "this network": "0.1.2.3",
    "private A": "10.1.2.3",
    "private B": "172.16.0.1",
    "private C": "192.168.1.1",
    "carrier-grade NAT": "100.64.0.1",
    "link-local and cloud metadata": "169.254.169.254",
    "IETF protocols": "192.0.0.1",
    "IETF protocols, anycast": "192.0.0.9",
    "IETF protocols, TURN": "192.0.0.10",
    "IETF protocols, mapped": "::ffff:192.0.0.9",
    "documentation": "203.0.113.7",
    "benchmarks": "198.18.0.1",
    "6to4 relay": "192.88.99.1",
    "multicast": "239.1.1.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "IPv6 link-local": "fe80::1",
    "IPv6 link-local with a zone": "fe80::1%eth0",
    "IPv6 unique local": "fd00::1",
    "IPv6 site-local": "fec0::1",
    "IPv6 multicast": "ff0e::1",
    "IPv6 documentation": "2001:db8::1",
    "IPv6 documentation, the newer one": "3fff::1",
    "IPv6 sink for private names": "2620:4f:8000::1",
    "IPv6 segment routing": "5f00::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:10.0.0.1",
    "compatible": "::10.0.0.1",
    "NAT64 of a private one": "64:ff9b::a00:1",
    "NAT64 for local use": "64:ff9b:1::a00:1",
    "6to4 of a private one": "2002:a00:1::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "no address": "localhost",
}
PUBLIC = ("93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34")


@pytest.fixture
def names(monkeypatch):
    """Let names lead where a test says, and no name anywhere else; the last answer stays."""
    table: dict[str, list[list[str]]] = {}
    resolve = socket.getaddrinfo

    def resolved(host, port, *given, **options):
        name = host.decode() if isinstance(host, bytes) else host
        if name.replace(".", "").isdecimal():  # an address, on its way to be connected to
            return resolve(host, port, *given, **options)
        if name not in table:
            raise socket.gaierror(-2, "Name or service not known")
        answer = table[name].pop(0) if len(table[name]) > 1 else table[name][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    return table


@pytest.fixture
def out_there(monkeypatch):
    """Let this machine count as being out in the world."""
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")


def get(url, *, seconds=60.0, most_bytes=1000, allowed_origin=None):
    return fetch(url, seconds=seconds, most_bytes=most_bytes, allowed_origin=allowed_origin)


def refusal(url, **options):
    with pytest.raises(DownloadError) as caught:
        get(url, **options)
    return caught.value.code


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE.keys())
def test_an_address_that_is_not_out_in_the_world_is_private(address):
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_out_in_the_world_is_public(address):
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
        *("localhost", "LOCALHOST", "localhost.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
        *("0.0.0.0", "0", "①②⑦.⓪.⓪.①"),
    ],
)
def test_however_this_machine_is_written_it_is_not_asked(host):
    with serving(lambda exchange: exchange.reply(200, FILE)) as inner:
        assert refusal(f"http://{host}:{inner.port}/") in ("private", "address", "unreachable")
        assert inner.calls == []


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "gopher://example.org/", "ftp://example.org/x", "//example.org/x"),
        *("http://", "http:///x", "https://user:secret@example.org/", "http://user@example.org/"),
        *("http://[::1/", "http://example.org:99999999/", "http://exa mple.org/", "", "\x00", "x"),
    ],
)
def test_only_plain_addresses_of_the_web_are_asked(url, names):
    assert refusal(url) in ("address", "unreachable")


def test_a_file_out_there_arrives(names, out_there):
    names["pictures.example"] = [["127.0.0.1"]]
    with serving(lambda exchange: exchange.reply(200, FILE)) as server:
        assert get(f"http://pictures.example:{server.port}/a/b.png?c=d") == FILE
    (call,) = server.calls
    assert (call.method, call.path) == ("GET", "/a/b.png?c=d")
    assert call.headers["host"] == f"pictures.example:{server.port}"
    assert not {"cookie", "authorization"} & set(call.headers)


def test_one_private_address_among_public_ones_is_enough_to_refuse(names):
    names["mixed.example"] = [["93.184.216.34", "10.0.0.1"]]
    assert refusal("http://mixed.example/") == "private"


def test_a_name_that_changes_its_mind_is_asked_once_and_leads_to_what_was_looked_at(names):
    names["rebinding.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    with serving(lambda exchange: exchange.reply(200, FILE)) as inner:
        url = f"http://rebinding.example:{inner.port}/"
        assert refusal(url, seconds=1) in ("unreachable", "timeout")
        assert refusal(url) == "private"
        assert inner.calls == []


def test_a_redirect_is_followed(names, out_there):
    names["pictures.example"] = [["127.0.0.1"]]

    def script(exchange):
        if exchange.call.path == "/first":
            exchange.reply(302, Location="/second", Set_Cookie="a=b")
        else:
            exchange.reply(200, FILE)

    with serving(script) as server:
        assert get(f"http://pictures.example:{server.port}/first") == FILE
    assert "cookie" not in server.calls[1].headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_into_this_network_is_refused(names, monkeypatch, status):
    names["pictures.example"] = [["127.0.0.1"]]
    names["inner.example"] = [["10.0.0.1"]]
    public = addresses.is_public
    monkeypatch.setattr(addresses, "is_public", lambda ip: ip == "127.0.0.1" or public(ip))
    with serving(lambda it: it.reply(status, Location="http://inner.example/")) as server:
        assert refusal(f"http://pictures.example:{server.port}/") == "private"
        assert len(server.calls) == 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://[", "http://a:b@c.example/"])
def test_a_redirect_to_no_address_of_the_web_is_refused(names, out_there, target):
    names["pictures.example"] = [["127.0.0.1"]]
    with serving(lambda it: it.reply(302, Location=target)) as server:
        assert refusal(f"http://pictures.example:{server.port}/") == "address"


def test_redirects_come_to_an_end(names, out_there):
    names["pictures.example"] = [["127.0.0.1"]]
    with serving(lambda it: it.reply(302, Location=it.call.path + "x")) as server:
        assert refusal(f"http://pictures.example:{server.port}/") == "refused"
        assert len(server.calls) == 6


def test_the_server_that_somebody_has_set_up_may_be_a_private_one():
    with serving(lambda exchange: exchange.reply(200, FILE)) as server:
        assert get(f"{server.url}/x", allowed_origin=server.url) == FILE
        other_port = f"http://127.0.0.1:{free_port()}"
        assert refusal(f"{server.url}/x", allowed_origin=other_port) == "private"
        assert refusal(f"{server.url}/x", allowed_origin="https://127.0.0.1") == "private"


def test_the_allowed_server_can_not_lead_to_its_neighbours():
    with serving(lambda exchange: exchange.reply(200, FILE)) as neighbour:

        def script(exchange):
            exchange.reply(302, Location=neighbour.url)

        with serving(script) as server:
            assert refusal(server.url, allowed_origin=server.url) == "private"
        assert neighbour.calls == []


FAULTS = {
    "not found": (lambda it: it.reply(404, b"gone"), "refused"),
    "partial": (lambda it: it.reply(206, FILE), "refused"),
    "failing": (lambda it: it.html(500), "refused"),
    "silent": (lambda it: it.hang(), "timeout"),
    "slow": (lambda it: it.trickle(), "timeout"),
    "endless": (lambda it: it.flood(), "too_large"),
    "too large": (lambda it: it.reply(200, bytes(1001)), "too_large"),
    "crashing": (lambda it: it.reset(), "unreachable"),
    "cut": (lambda it: it.cut(), "unreachable"),
    "a bomb": (
        lambda it: it.reply(200, gzip.compress(bytes(10**7)), Content_Encoding="gzip"),
        "refused",
    ),
}


@pytest.mark.parametrize(("script", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_ends_in_time_and_in_a_sentence(script, code):
    seconds = 0.4 if code == "timeout" else 60
    with serving(script) as server:
        start = time.monotonic()
        with pytest.raises(DownloadError) as caught:
            get(server.url, seconds=seconds, allowed_origin=server.url)
        assert time.monotonic() - start < 30
        assert caught.value.code == code
        assert str(caught.value).endswith(".")
        assert "127.0.0.1" not in str(caught.value)


def test_nobody_there_is_unreachable():
    url = f"http://127.0.0.1:{free_port()}"
    assert refusal(url, allowed_origin=url) == "unreachable"


def test_a_name_that_nobody_knows_is_unreachable(names):
    assert refusal("http://nowhere.example/") == "unreachable"


def test_a_resolver_that_hangs_does_not_hold_anybody_up(monkeypatch):
    closing = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [][closing.wait(60) :])
    start = time.monotonic()
    assert refusal("http://slow.example/", seconds=0.2) == "timeout"
    assert time.monotonic() - start < 30
    closing.set()


def test_proxies_of_the_environment_are_not_used(monkeypatch, names, out_there):
    names["pictures.example"] = [["127.0.0.1"]]
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with serving(lambda exchange: exchange.reply(200, FILE)) as server:
        assert get(f"http://pictures.example:{server.port}/") == FILE


def certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("asked", "expected"), [("pictures.example", FILE), ("other.example", "unreachable")]
)
def test_tls_verifies_the_name_though_the_address_is_pinned(
    asked, expected, names, out_there, monkeypatch, tmp_path
):
    path = certificate(tmp_path, "pictures.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    names[asked] = [["127.0.0.1"]]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    heard = []
    context.sni_callback = lambda _socket, name, _context: heard.append(name)
    with serving(lambda exchange: exchange.reply(200, FILE), tls=context) as server:
        url = f"https://{asked}:{server.port}/"
        assert (get(url) if isinstance(expected, bytes) else refusal(url)) == expected
    assert heard == [asked]


class FullDisk(io.BytesIO):
    """A file that takes nothing."""

    def write(self, *_):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_is_wrong_with_the_file_is_not_blamed_on_the_server():
    with (
        serving(lambda it: it.reply(200, FILE)) as server,
        pytest.raises(OSError, match="No space left"),
    ):
        fetch_to(server.url, FullDisk(), seconds=60, most_bytes=1000, allowed_origin=server.url)


def test_a_file_that_says_to_be_too_large_is_not_waited_for():
    with serving(lambda it: it.begin(200, Content_Length="5000")) as server:
        started = time.monotonic()
        assert refusal(server.url, allowed_origin=server.url) == "too_large"
        assert time.monotonic() - started < 30
