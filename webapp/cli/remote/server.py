"""A server elsewhere: requests with a token, that wait where they are told to."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from webapp import __version__
from webapp.cli.remote.answers import ServerError, facts, refusal, sent_elsewhere, wait_of
from webapp.errors import EaselError

BUSY = (429, 503)
PATIENCE = 300.0
"""Seconds that a busy server is waited for."""

CONNECT_SECONDS, READ_SECONDS = 10.0, 120.0
MOST_REDIRECTS = 5
MOST_BREAKS = 3
"""So often a request is sent again whose answer did not come, where that can do no harm."""


class Server:
    """Speaks the JSON API of an Easel; safe to share between threads.

    Its certificate is checked. A redirect to anywhere else is refused, so that the token goes to
    nobody but the server that was named. Raises EaselError with a sentence for all that goes wrong.
    """

    def __init__(
        self, address: str, token: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.address = address
        self._sleep = sleep
        self._client = httpx2.Client(
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/json",
                "User-Agent": f"easel/{__version__}",
            },
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
        )

    def get(self, path: str, **query: str) -> Any:
        """Return the JSON at a path below the address."""
        with self._answered("GET", path, params=query, repeatable=True) as response:
            return facts(response)

    def post(self, path: str, body: Any, *, key: str = "") -> Any:
        """Send JSON, and return what is answered.

        With an idempotency `key` it is sent again where no answer came: the server does it once.
        """
        headers = {"Idempotency-Key": key} if key else {}
        with self._answered(
            "POST", path, json=body, headers=headers, repeatable=bool(key)
        ) as response:
            return facts(response)

    def upload(self, path: str, field: str, file: Path) -> Any:
        """Send a file in a form, and return what is answered; raises OSError for the file."""
        with (
            file.open("rb") as data,
            self._answered("POST", path, files={field: (file.name, data)}) as response,
        ):
            return facts(response)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def delete(self, path: str) -> None:
        """Delete what is at a path."""
        with self._answered("DELETE", path):
            return

    @contextmanager
    def stream(self, path: str, **query: str) -> Iterator[httpx2.Response]:
        """Give an answer whose bytes are still to come."""
        with self._answered("GET", path, params=query, streamed=True, repeatable=True) as response:
            yield response

    @contextmanager
    def _answered(
        self,
        method: str,
        path: str,
        *,
        streamed: bool = False,
        repeatable: bool = False,
        **options: Any,
    ) -> Iterator[httpx2.Response]:
        """Give a good answer; what is refused for now is asked for again."""
        end = time.monotonic() + PATIENCE
        response = self._sent(method, self.address + path, repeatable=repeatable, **options)
        attempt = 0
        while response.status_code in BUSY and time.monotonic() < end:
            wait = wait_of(response, attempt)
            response.close()
            self._sleep(wait)
            attempt += 1
            response = self._sent(method, self.address + path, repeatable=repeatable, **options)
        try:
            if response.is_success and streamed:
                yield response
                return
            response.read()
            if not response.is_success:
                raise refusal(response)
            yield response
        except httpx2.HTTPError as error:
            raise self._broken(error) from error
        finally:
            response.close()

    def _sent(self, method: str, url: str, *, repeatable: bool, **options: Any) -> httpx2.Response:
        """Return the head of an answer that is no redirect."""
        for file in options.get("files", {}).values():
            file[1].seek(0)
        for _ in range(MOST_REDIRECTS):
            request = self._client.build_request(method, url, **options)
            response = self._tried(request, 1 + MOST_BREAKS * repeatable)
            if not response.is_redirect:
                return response
            response.close()
            target = response.url.join(response.headers.get("location", "/"))
            if method != "GET" or _origin(target) != _origin(response.url):
                break
            url, options = str(target), options | {"params": None}
        raise sent_elsewhere(response)

    def _tried(self, request: httpx2.Request, times: int) -> httpx2.Response:
        for attempt in range(times):
            try:
                return self._client.send(request, stream=True)
            except httpx2.HTTPError as error:
                if attempt == times - 1 or isinstance(error, httpx2.ConnectError):
                    raise self._broken(error) from error
                self._sleep(2.0**attempt)
        raise AssertionError(times)

    def _broken(self, error: httpx2.HTTPError) -> EaselError:
        if isinstance(error, httpx2.TimeoutException):
            return ServerError(f"{self.address} did not answer in time.")
        reason = str(error).partition("\n")[0] or type(error).__name__
        return ServerError(f"{self.address} can't be reached: {reason}.")


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
