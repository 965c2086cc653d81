"""The examples of docs/webhooks.md tell what is genuine from what is not."""

import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from webapp.services.webhooks.signatures import new_secret, signature

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text("utf-8")
BODY = '{"event":"ping","data":{"word":"äöü"}}'.encode()
NODE = """
const [secret, headers, body] = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(isGenuine(secret, headers, Buffer.from(body)));
"""


def example(language):
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


def in_python(secret, headers, body):
    scope: dict[str, object] = {}
    exec(example("python"), scope)  # our own page
    return scope["is_genuine"](secret, headers, body)  # type: ignore[operator]


def in_javascript(secret, headers, body):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here; get it: apt-get install -y nodejs")
    given = json.dumps([secret, headers, body.decode()])
    ran = subprocess.run(  # our own page
        [node, "-e", example("javascript") + NODE],
        input=given.encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(ran.stdout)


@pytest.mark.parametrize("is_genuine", [in_python, in_javascript])
def test_what_easel_signs_is_genuine_and_nothing_else(is_genuine):
    secret, now = new_secret(), int(time.time())

    def headers(sent=now, secret=secret):
        signed = signature(secret, "msg", sent, BODY)
        return {
            "webhook-id": "msg",
            "webhook-timestamp": str(sent),
            "webhook-signature": signed,
        }

    assert is_genuine(secret, headers(), BODY)
    more = headers() | {"webhook-signature": f"v1,AAAA {headers()['webhook-signature']}"}
    assert is_genuine(secret, more, BODY)
    assert not is_genuine(secret, headers(), BODY + b" ")
    assert not is_genuine(secret, headers(secret=new_secret()), BODY)
    assert not is_genuine(secret, headers(sent=now - 301), BODY)
    assert not is_genuine(secret, headers() | {"webhook-id": "other"}, BODY)
    assert not is_genuine(secret, headers() | {"webhook-signature": "v1,AAAA"}, BODY)
