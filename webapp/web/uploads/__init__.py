"""What a request brings, streamed to files: bodies are never wholly in memory."""

from webapp.web.uploads.received import Received, received

__all__ = ["Received", "received"]
