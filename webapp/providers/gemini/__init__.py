"""Gemini: Google's picture models. What this folder shows is the provider alone."""

from webapp.providers.gemini.provider import GeminiProvider

__all__ = ["GeminiProvider"]
