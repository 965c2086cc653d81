"""The JSON API for people: every answer as a page with links, and a form for each action."""

from webapp.web.browsing.answers import connect

__all__ = ["connect"]
