"""The connection to Gemini: google-genai, kept from deciding anything by itself.

Its client is told the address, the version and the key, so that variables such as
GOOGLE_GENAI_USE_VERTEXAI, GOOGLE_GEMINI_BASE_URL and GOOGLE_API_KEY change nothing. It retries
nothing and continues nothing. Its HTTP client is ours, bounded in bytes and time.
"""

import json
import threading
from collections.abc import Iterator

import httpx2
from google import genai
from google.genai import errors, types
from google.genai.client import DebugConfig

from webapp.providers.base import wire
from webapp.providers.gemini.access import Access

MOST_PAGES = 10


def generate(
    access: Access, model: str, content: types.Content, config: types.GenerateContentConfig
) -> str:
    """Return the JSON of an answer as text; raises whatever google-genai and httpx2 raise."""
    response = client(access).models.generate_content(model=model, contents=content, config=config)
    raw = response.sdk_http_response
    return (raw.body if raw else None) or ""


def names_of_models(access: Access, seconds: float) -> Iterator[str]:
    """Yield the names of the models that can generate, without `models/`; raises as above."""
    config = types.ListModelsConfig(page_size=1000, http_options=limited(seconds))
    pager = client(access).models.list(config=config)
    for _ in range(MOST_PAGES):
        for model in pager.page:
            if model.name and "generateContent" in (model.supported_actions or []):
                yield model.name.removeprefix("models/")
        try:
            pager.next_page()
        except IndexError:
            return


def limited(seconds: float) -> types.HttpOptions:
    """Return the options for one exchange; the server is told as well how long there is."""
    return types.HttpOptions(timeout=max(1, round(seconds * 1000)))


def client(access: Access) -> genai.Client:
    """Return the client for an access, the same one each time: it keeps connections open."""
    with _lock:
        if access not in _clients:
            http = wire.client(seconds=access.seconds)
            http.event_hooks["response"].append(_refuse_unreadable)
            _clients[access] = (_client(access, http), http)
        return _clients[access][0]


def close() -> None:
    """Close all connections; google-genai does not close an HTTP client that is not its own."""
    with _lock:
        for _, http in _clients.values():
            http.close()
        _clients.clear()


def _client(access: Access, http: httpx2.Client) -> genai.Client:
    return genai.Client(
        enterprise=False,
        api_key=access.key,
        debug_config=DebugConfig(client_mode="", replays_directory="", replay_id=""),
        http_options=types.HttpOptions(
            base_url=access.base_url,
            api_version=access.version,
            timeout=round(access.seconds * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
            httpx_client=http,
        ),
    )


def _refuse_unreadable(response: httpx2.Response) -> None:
    """Raise APIError for a refusal that google-genai would stumble over when it reads it."""
    if response.status_code == 200:
        return
    response.read()
    try:
        response.json()
    except json.JSONDecodeError:
        return  # this one it expects
    except (ValueError, RecursionError):
        nothing = {"message": "unreadable", "status": response.reason_phrase}
    else:
        return
    errors.APIError.raise_error(response.status_code, nothing, response)


_clients: dict[Access, tuple[genai.Client, httpx2.Client]] = {}
_lock = threading.Lock()
