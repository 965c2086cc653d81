"""Somebody else's page: another origin, that demands that what it embeds agrees to be embedded."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A browser that asks for /favicon.ico may do so while the server of the test is closing.
NO_ICON = '<link rel="icon" href="data:,">'


class Elsewhere:
    """A page on another host name, with a code pasted into it."""

    def __init__(self, port: int) -> None:
        self.address = f"http://localhost:{port}"
        self.code = ""

    @property
    def page(self) -> bytes:
        head = f"<!doctype html><title>Elsewhere</title>{NO_ICON}"
        return f"{head}<h1>News</h1>{self.code}".encode()


@contextmanager
def elsewhere_served() -> Iterator[Elsewhere]:
    """Serve the page until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_page = self.path == "/"
            self.send_response(200 if is_page else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.end_headers()
            if is_page:
                self.wfile.write(place.page)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        place = Elsewhere(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
        thread.start()
        try:
            yield place
        finally:
            server.shutdown()
            thread.join()
