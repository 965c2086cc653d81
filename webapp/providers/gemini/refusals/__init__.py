"""Refusals: error statuses of the Gemini API, told apart and put into sentences."""

from webapp.providers.gemini.refusals.refusal import Refusal

__all__ = ["Refusal"]
