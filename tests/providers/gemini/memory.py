"""How much memory a large picture takes: prints the most that this process had, in MiB.

Run in a process of its own: `python -m tests.providers.gemini.memory 15 http://127.0.0.1:<port>`.
"""

import sys

from tests.memory import peak
from webapp.providers.base import ImageRequest, Setup
from webapp.providers.gemini import GeminiProvider


def main(megabytes: int, url: str) -> None:
    """Ask a server for a picture that it makes as large as it likes."""
    provider = GeminiProvider.from_setup(Setup("gemini", {"api_key": "key", "base_url": url}))
    assert provider is not None
    request = ImageRequest("a lake", "gemini-nano-banana-2.1", "1:1", "4K")
    result = provider.generate(request, lambda *_: None, lambda: False)
    assert len(result.data) >= megabytes * 10**6
    print(peak())  # noqa: T201  # the figure


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
