"""Remote mode: some commands do their work on a server elsewhere, by its JSON API."""

from webapp.cli.remote.choice import COMMANDS, chosen, given
from webapp.cli.remote.server import Server

__all__ = ["COMMANDS", "Server", "chosen", "given"]
