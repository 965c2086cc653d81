"""Makes a picture, uploads one, embeds it and lists what there is; needs nothing but Python.

EASEL=http://127.0.0.1:8000 EASEL_TOKEN=easel_… python python_client.py picture.png
"""

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request
from html import escape
from pathlib import Path
from typing import Any

EASEL = os.environ.get("EASEL", "http://127.0.0.1:8000")
TOKEN = os.environ["EASEL_TOKEN"]


def api(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask Easel, again where it says to come back later, and return its answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    while True:
        request = urllib.request.Request(EASEL + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                problem = json.load(error)
                sys.exit(f"{problem['title']}: {problem['detail']}")
            time.sleep(int(error.headers.get("Retry-After", "1")))


def make(prompt: str) -> Any:
    """Make a picture, and wait until it is there."""
    generation = api("POST", "/api/generations", {"prompt": prompt})
    while generation["status"] in ("queued", "running"):
        time.sleep(1)
        generation = api("GET", f"/api/generations/{generation['id']}")
    return generation


def main(path: Path) -> None:
    """Try it all."""
    generation = make("a lake at dawn")
    print(f"Made a picture: {generation['status']}")

    text = base64.b64encode(path.read_bytes()).decode()
    uploaded = api("POST", "/api/images", {"image": text, "filename": path.name})
    shown = api("PATCH", f"/api/images/{uploaded['id']}", {"visibility": "unlisted"})
    print(f'<img src="{escape(shown["sizes"]["w640"])}" alt="">')

    for image in api("GET", "/api/images?limit=5")["items"]:
        print(image["timestamp"], image["image"], image["prompt"] or image["filename"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
