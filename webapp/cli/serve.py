"""`easel serve`: the pages, and the work too unless a queue of its own is set up."""

import gc
import logging
import os
import signal
import tempfile
from types import FrameType
from typing import Any, NoReturn

import click
import waitress
from flask import Flask

from webapp.app import create_app, easel_of
from webapp.cli.background import serving_worker
from webapp.cli.output import examples
from webapp.cli.session import bring_up_to_date
from webapp.errors import SettingsError
from webapp.extensions.configuration import LOOPBACK
from webapp.imaging.memory import give_large_blocks_back
from webapp.parts import Easel
from webapp.settings import Settings

BACKLOG = 1024
CONNECTIONS = 1000  # waitress' default of 100 lets a hundred slow clients shut everybody out
MARGIN = 1_000_000
HEADERS = 65_536  # waitress' default is four times as much, which takes a while to be parsed


@click.command(epilog=examples("easel serve", "EASEL_PORT=9000 easel serve"))
def serve() -> None:
    """Serve the pages; the first start prints the link that signs the owner in."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # A line for each request that waits a moment would cost more than most requests do.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    give_large_blocks_back()
    app = create_app()
    easel = easel_of(app)
    easel.data.lock()
    bring_up_to_date(app)
    is_new = easel.services.accounts.ensure_owner()
    server = _listen(app, easel.settings)
    address = easel.settings.base_url or _address(server, easel.settings.host)
    _spool_beside(easel)
    worker = serving_worker(easel)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    _greet(easel, address, is_new=is_new)
    gc.freeze()  # what is there now stays: looking through it at each collection takes a while
    try:
        worker.start()
        server.run()
    finally:
        server.close()
        worker.stop()
        easel.data.unlock()


def _listen(app: Flask, settings: Settings) -> Any:
    """Return a server that has its port; raises SettingsError where it can't be had."""
    try:
        return waitress.create_server(app, **_server_options(app, settings))
    except OSError as error:
        msg = (
            f"Easel can't listen on {settings.host} port {settings.port}: "
            f"{(error.strerror or str(error)).lower()}. Choose another port with EASEL_PORT."
        )
        raise SettingsError(msg) from error


def _server_options(app: Flask, settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "threads": settings.threads,
        "backlog": BACKLOG,
        "connection_limit": CONNECTIONS,
        "channel_timeout": 60,
        "channel_request_lookahead": 1,  # so that who waits for pictures is seen to go away
        "max_request_header_size": HEADERS,
        "max_request_body_size": app.config["MAX_CONTENT_LENGTH"] + MARGIN,
        "ident": None,
        "clear_untrusted_proxy_headers": settings.trusted_proxies == 0,
        "asyncore_use_poll": True,
    }


def _spool_beside(easel: Easel) -> None:
    """Let waitress keep bodies that it receives in the data directory; /tmp may be memory.

    They have no names, so that nothing of them is left. Who names a place in TMPDIR is obeyed.
    """
    if not os.environ.get("TMPDIR"):
        tempfile.tempdir = str(easel.services.uploads.folder())


def _address(server: Any, host: str) -> str:
    port = getattr(server, "effective_port", None) or server.effective_listen[0][1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  # shown, not bound
    return f"http://{shown}:{port}"


def _greet(easel: Easel, address: str, *, is_new: bool) -> None:
    """Say where Easel is, and to somebody new how to get in."""
    click.echo(f"Easel is ready at {address}")
    settings = easel.settings
    if settings.host not in LOOPBACK and not (settings.base_url or settings.trusted_hosts):
        click.echo(
            "It answers to loopback names only. Name the host that others use in EASEL_BASE_URL "
            "or EASEL_TRUSTED_HOSTS."
        )
    if is_new or not any(person.has_password for person in easel.services.accounts.all()):
        token = easel.services.accounts.sign_in_link()
        click.echo("Sign in with this link. It works once, within a day:")
        click.echo(f"  {address}/welcome?token={token}")
        click.echo("Another one: easel login-link")


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
