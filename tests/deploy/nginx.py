"""A real nginx for tests, with the configuration of the documentation."""

import os
import pwd
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests.processes import PATIENCE, ROOT, wait_for

CONFIGURATION = ROOT / "docs" / "deploy" / "nginx.conf"
USER = "www-data"
IS_ROOT = os.geteuid() == 0

# What a Debian machine has around a site; the file cache is there to be refused by the site.
AROUND = """{user}
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 128; }}
http {{
    sendfile on;
    tcp_nopush on;
    gzip on;
    open_file_cache max=100 inactive=600s;
    open_file_cache_valid 600s;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A running nginx."""

    port: int
    warnings: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def kept_port() -> Iterator[int]:
    """Keep a port for a server that is started, stopped and started again until the block ends.

    The socket is bound, but never listens. Linux lets a server listen beside it that reuses
    addresses, as nginx and waitress do, and gives the port to nobody who asks for any.
    """
    with socket.socket() as keeper:
        keeper.bind(("127.0.0.1", 0))
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port: int = keeper.getsockname()[1]
        yield port


@contextmanager
def fronting(easel_port: int, shown: Path, folder: Path) -> Iterator[Nginx]:
    """Start nginx in front of an Easel; `shown` is what is EASEL_NGINX_DIR there."""
    with kept_port() as port:
        yield from _running(easel_port, shown, folder, port)


def _running(easel_port: int, shown: Path, folder: Path, port: int) -> Iterator[Nginx]:
    program = nginx_program()
    (folder / "site.conf").write_text(_site(easel_port, shown, port), "utf-8")
    user = f"user {USER};" if IS_ROOT else ""
    main = folder / "nginx.conf"
    main.write_text(AROUND.format(user=user, folder=folder), "utf-8")
    tried = subprocess.run(
        [program, "-t", "-c", str(main)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen([program, "-c", str(main)], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: process.poll() is not None or _answers(port))
        assert process.poll() is None, (folder / "error.log").read_text("utf-8")
        yield Nginx(port, "\n".join(re.findall(r".*\[(?:warn|emerg)\].*", tried.stderr)))
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _site(easel_port: int, shown: Path, port: int) -> str:
    """Return the documented configuration with its placeholders filled in."""
    text = CONFIGURATION.read_text("utf-8")
    for placeholder, value in (
        ("127.0.0.1:8000", f"127.0.0.1:{easel_port}"),
        ("    listen [::]:80;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("pics.example.org", "127.0.0.1"),
        ("/srv/easel", str(shown)),
    ):
        assert placeholder in text
        text = text.replace(placeholder, value)
    return text


def nginx_program() -> str:
    """Return nginx; without one the test is skipped, where CI has promised one it fails."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        _missing("no nginx here; get one: apt-get install nginx-light")
    if IS_ROOT and not _has_user():
        _missing(f"no user {USER} here, whom nginx works for on Debian")
    return found


def _has_user() -> bool:
    return any(entry.pw_name == USER for entry in pwd.getpwall())


def _missing(advice: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(advice)
    pytest.skip(advice)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
