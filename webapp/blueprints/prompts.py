"""Prompts: those that were asked for before, and how many one of them stands for."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.services.requests import LONGEST_PROMPT
from webapp.services.templates.dynamic_prompts import MOST_PROMPTS, expand
from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.forms import cursor

blueprint = Blueprint("prompts", __name__, url_prefix="/prompts")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what a person has asked for, as far as it matches a search."""
    query = request.args.get("q", "").strip()[:200]
    page = services().prompts.history_page(signed_in(), query, cursor())
    fragment = "prompts/_more.html" if cursor() else "prompts/_list.html"
    return htmx.render(
        "prompts/index.html", fragment, page=page, query=query, is_first=cursor() is None
    )


@blueprint.route("/expansions", methods=["GET", "POST"])
def expansions() -> ResponseReturnValue:
    """Show the prompts that a dynamic prompt stands for, and how many there are."""
    prompt = request.values.get("prompt", "")[:LONGEST_PROMPT]
    return htmx.render(
        "prompts/expansions.html",
        "prompts/_expansions.html",
        expansion=expand(prompt),
        prompt=prompt,
        most=MOST_PROMPTS,
    )
