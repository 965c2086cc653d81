"""A Gemini API on this machine: it speaks the real format, and misbehaves as it is told.

The form of requests and answers is that of the Gemini API as google-genai 3.4.0 sends and reads
it, with the fields of a recorded answer of gemini-3-pro-image-preview.
"""

import base64
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from webapp.providers.plain import png

MODELS = ("gemini-nano-banana-2.1", "gemini-3-pro-image", "gemini-3.1-flash-lite-image")
IMAGE_TOKENS = 1120
PICTURE = png(64, 64, b"\x30\x80\xc0")


@dataclass(frozen=True)
class Seen:
    """What a client asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


Act = Callable[["Handler", Seen], None]
"""What the server does with a request."""


class GeminiServer(ThreadingHTTPServer):
    """Does the acts of its script in turn; what is asked after that gets a picture."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Act] = []
        self.seen: list[Seen] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def begin(self, *acts: Act) -> None:
        """Forget what was, and do these acts from now on."""
        self.released.set()
        self.released = threading.Event()
        self.script = list(acts)
        self.seen = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that leave."""


class Handler(BaseHTTPRequestHandler):
    """Reads a request and does the next act."""

    server: GeminiServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 20

    def do_GET(self) -> None:
        self._act()

    def do_POST(self) -> None:
        self._act()

    def _act(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sent = json.loads(body) if body else None
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, self.path, headers, sent)
        self.server.seen.append(seen)
        act = self.server.script.pop(0) if self.server.script else as_google_does
        act(self, seen)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


def as_google_does(handler: Handler, seen: Seen) -> None:
    """Answer as it should be: the list of models, a picture, or that there is no such model."""
    if "/models?" in seen.path or seen.path.endswith("/models"):
        model_list(*MODELS)(handler, seen)
        return
    found = re.fullmatch(r"/v1/models/([\w.-]+):generateContent", seen.path)
    if not found or found[1] not in MODELS:
        refusal(404, "NOT_FOUND", f"models/{found and found[1]} is not found for API version v1")(
            handler, seen
        )
        return
    ratio = seen.body["generationConfig"]["imageConfig"]["aspectRatio"]
    across, down = map(int, ratio.split(":"))
    side = 64
    width, height = side * across // max(across, down), side * down // max(across, down)
    answer(picture(png(width, height, b"\x30\x80\xc0")))(handler, seen)


def says(status: int, body: bytes | str, mime: str = "application/json", **headers: str) -> Act:
    """Answer with a status and a body."""
    data = body.encode() if isinstance(body, str) else body

    def act(handler: Handler, seen: Seen) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", mime)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return act


def answer(
    *parts: dict[str, Any], finish: str = "STOP", tokens: int = IMAGE_TOKENS, **more: Any
) -> Act:
    """Answer with parts of a candidate, as a model does."""
    candidate = {"content": {"parts": list(parts), "role": "model"}, "finishReason": finish}
    return says(200, json.dumps(content([candidate | more.pop("candidate", {})], tokens, **more)))


def content(candidates: list[Any], tokens: int, **more: Any) -> dict[str, Any]:
    """Return an answer of the API."""
    usage = {
        "promptTokenCount": 9,
        "candidatesTokenCount": tokens + 40,
        "totalTokenCount": tokens + 223,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}],
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": tokens}],
        "thoughtsTokenCount": 174,
    }
    return {
        "candidates": candidates,
        "usageMetadata": usage,
        "modelVersion": "gemini-nano-banana-2.1",
        "responseId": "nWwzafC8M7Kw_uMPtYnC2Ak",
        **more,
    }


def picture(data: bytes = PICTURE, mime: str = "image/png", **more: Any) -> dict[str, Any]:
    """Return a part with a picture."""
    return {"inlineData": {"mimeType": mime, "data": base64.b64encode(data).decode()}, **more}


def words(text: str, **more: Any) -> dict[str, Any]:
    """Return a part with words."""
    return {"text": text, **more}


def refusal(status: int, name: str, message: str, *details: dict[str, Any], **headers: str) -> Act:
    """Refuse as Google does."""
    error = {"code": status, "message": message, "status": name, "details": list(details)}
    return says(status, json.dumps({"error": error}), **headers)


def reason(text: str) -> dict[str, Any]:
    """Return the detail that names a reason."""
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": text,
        "domain": "googleapis.com",
    }


def exceeded(quota: str) -> dict[str, Any]:
    """Return the detail that names a quota."""
    return {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaMetric": "generativelanguage.googleapis.com/x", "quotaId": quota}],
    }


def later(delay: str) -> dict[str, Any]:
    """Return the detail that names a delay."""
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def model_list(*names: str) -> Act:
    """Answer with the list of models."""
    models = [
        {
            "name": f"models/{name}",
            "version": "001",
            "displayName": name,
            "inputTokenLimit": 65536,
            "outputTokenLimit": 32768,
            "supportedGenerationMethods": ["generateContent", "countTokens"],
        }
        for name in names
    ]
    return says(200, json.dumps({"models": models}))


def echoes_the_key(handler: Handler, seen: Seen) -> None:
    """Refuse, and repeat the key in every place there is."""
    key = seen.headers["x-goog-api-key"]
    error = {
        "code": 400,
        "message": f"API key not valid: {key}",
        "status": f"INVALID_ARGUMENT {key}",
        "details": [reason(f"API_KEY_INVALID {key}"), {"metadata": {"key": key}}],
    }
    says(400, json.dumps({"error": error}), X_Echo="no")(handler, seen)


def writes_the_key(handler: Handler, seen: Seen) -> None:
    """Answer with the key in all words that there are."""
    key = seen.headers["x-goog-api-key"]
    answer(
        words(f"Your key is {key}."),
        finish="NO_IMAGE",
        candidate={"finishMessage": f"Nothing for {key}."},
        modelVersion=key,
    )(handler, seen)


def closes(handler: Handler, seen: Seen) -> None:
    """Take the request, and go without a word."""
    handler.close_connection = True


def resets(handler: Handler, seen: Seen) -> None:
    """Take the request, and break the connection."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def breaks_off(handler: Handler, seen: Seen) -> None:
    """Promise a body, and send half of it."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"candidates": [')
    handler.close_connection = True


def waits(handler: Handler, seen: Seen) -> None:
    """Say nothing until nobody listens any more."""
    handler.server.released.wait(20)
    handler.close_connection = True


def trickles(handler: Handler, seen: Seen) -> None:
    """Begin an answer and send a byte now and then, so that no time-out of one read is reached."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    released, end = handler.server.released, time.monotonic() + 20
    while time.monotonic() < end and not released.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def dawdles(handler: Handler, seen: Seen) -> None:
    """Send a header now and then, so that the answer never begins."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    released, end = handler.server.released, time.monotonic() + 20
    while time.monotonic() < end and not released.wait(0.05):
        handler.wfile.write(b"X-Header: 1\r\n")
    handler.close_connection = True


def floods(megabytes: int) -> Act:
    """Send a body of so many megabytes."""

    def act(handler: Handler, seen: Seen) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(megabytes * 2**20))
        handler.end_headers()
        for _ in range(megabytes):
            handler.wfile.write(b" " * 2**20)
        handler.close_connection = True

    return act


def packs(data: bytes) -> Act:
    """Send a body that says it is compressed."""
    return says(200, data, Content_Encoding="gzip")


denied_key = refusal(403, "PERMISSION_DENIED", "The caller does not have permission")
"""Refuse a key that is known."""
