"""The pages: parse, call one service, render. A new one is a module and a line here."""

from flask import Blueprint

from webapp.blueprints import (
    accounts,
    focal_point,
    gallery,
    health,
    images,
    live,
    media,
    placeholder,
    queue,
    settings,
    studio,
    system,
    trash,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    gallery.blueprint,
    studio.blueprint,
    images.blueprint,
    focal_point.blueprint,
    queue.blueprint,
    trash.blueprint,
    settings.blueprint,
    accounts.blueprint,
    live.blueprint,
    media.blueprint,
    placeholder.blueprint,
    health.blueprint,
    system.blueprint,
)

PUBLIC = frozenset({"accounts", "media", "placeholder", "health", "assets"})
"""The blueprints that answer strangers too; everything else asks them to sign in."""
