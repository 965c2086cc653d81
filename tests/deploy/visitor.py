"""A browser that sends addresses as they are: nothing in them is tidied up on the way."""

import http.client
import http.cookies
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.processes import PATIENCE

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Visitor:
    """Somebody with cookies, at one port of this machine."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request; `if_none_match="…"` is the header If-None-Match."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, sent)
            found = connection.getresponse()
            for name, value in found.getheaders():
                if name.lower() == "set-cookie":
                    jar = http.cookies.SimpleCookie(value)
                    self.cookies |= {key: morsel.value for key, morsel in jar.items()}
            facts = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, facts, found.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, body=None, **headers)

    def post(self, path: str, **form: str) -> Answer:
        token = self._token()
        return self.ask(
            "POST", path, body=urlencode(form).encode(), content_type=FORM, x_csrftoken=token
        )

    def upload(self, picture: bytes) -> str:
        """Bring a picture, and return its id."""
        mark = secrets.token_hex(16)
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        )
        answer = self.ask(
            "POST",
            "/images",
            body=head.encode() + picture + f"\r\n--{mark}--\r\n".encode(),
            content_type=f"multipart/form-data; boundary={mark}",
            x_csrftoken=self._token(),
            hx_request="true",
        )
        assert answer.status == 200, answer
        found = re.search(rb"/images/([1-9A-HJ-NP-Za-km-z]{11})", answer.body)
        assert found is not None, answer.body
        return found[1].decode()

    def _token(self) -> str:
        page = self.get("/settings").body
        token = re.search(rb'name="csrf_token" value="([^"]+)"', page)
        assert token is not None, page
        return token[1].decode()
