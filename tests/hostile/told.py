"""What an answer to a bad address must be like."""

import io
import json
import re

from PIL import Image

from tests.hostile.asking import IMAGE, Answer

SANDBOX = "default-src 'none'; sandbox"
HONEST = {200, 304, 308, 400, 403, 404, 405, 410, 422}
LONGEST_SENTENCE = 600


def check(answer: Answer, accept: str) -> None:
    """Check what holds for every answer, whatever was asked."""
    assert answer.status in HONEST, answer
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not any(re.search(r"[\r\n\0]", value) for _, value in answer.headers)
    if answer.status >= 400:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
    if answer.status == 308:
        assert re.match(r"http://localhost/[tip]", answer.headers["Location"])


def check_refusal(answer: Answer, accept: str, *, as_image: bool) -> None:
    """Check that an error says what is wrong, to programs or in an `<img>`."""
    assert answer.headers["Content-Security-Policy"] == SANDBOX
    state = answer.headers["X-Easel-State"]
    found = re.fullmatch(r"error; code=([a-z_]+)", state)
    assert found is not None, state
    if as_image and accept == IMAGE:
        with Image.open(io.BytesIO(answer.body)) as image:
            image.load()
            assert max(image.size) <= 2000
        return
    assert answer.mime == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["code"] == found[1]
    assert problem["status"] == answer.status
    assert problem["detail"].endswith(".")
    assert 10 < len(problem["detail"]) < LONGEST_SENTENCE
    assert problem["detail"].isprintable()


def check_plain_refusal(answer: Answer) -> None:
    """Check that a placeholder's error is a line of text."""
    assert answer.headers["Content-Security-Policy"] == SANDBOX
    assert (answer.status, answer.mime) == (400, "text/plain")
    assert 10 < len(answer.body) < LONGEST_SENTENCE
    assert answer.body.decode().isprintable()
