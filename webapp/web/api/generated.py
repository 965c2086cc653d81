"""What spectree generates of the operations: the bones of the OpenAPI document.

Imported when the document is asked for: its models take a while, and memory, to be looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from flask import Response, current_app
from pydantic import BaseModel
from spectree import Response as Answers
from spectree import SpecTree
from spectree.plugins.flask_plugin import FlaskPlugin
from werkzeug.routing import Rule

from webapp import __version__
from webapp.web.api.fields import Problem
from webapp.web.api.operations import Facts, facts_of, operations

COMMON = (400, 401, 403, 404, 429, 503)
"""What any operation may refuse with."""

ABOUT = (
    "Make pictures, keep them, and serve them at any size. Send a token as "
    "`Authorization: Bearer easel_…`. Every address may end in `.json`, or in `.html` for a "
    "page with forms."
)


def generated() -> dict[str, Any]:
    """Return the OpenAPI document as far as it follows from the operations of the current app."""
    spec = SpecTree(
        backend=_Plugin,
        mode="strict",
        title="Easel",
        version=__version__,
        description=ABOUT,
        validation_error_status=400,
        validation_error_model=Problem,
        naming_strategy=lambda model: _shown(model.__name__),
        nested_naming_strategy=lambda _parent, name: _shown(name),
    )
    described = cast("_Plugin", spec.backend).described
    for endpoint in operations():
        facts = facts_of(endpoint)
        described[endpoint] = spec.validate(resp=Answers(**_answers(facts)))(facts.view)
    made: dict[str, Any] = spec.spec
    return made


class _Plugin(FlaskPlugin):
    """Knows the operations by their endpoints; nothing is ever called through it."""

    def __init__(self, spectree: SpecTree) -> None:
        super().__init__(spectree)
        self.described: dict[str, Callable[..., Response]] = {}

    def find_routes(self) -> Iterable[Rule]:
        """Return the addresses of operations."""
        rules = current_app.url_map.iter_rules()
        return [rule for rule in rules if rule.endpoint in self.described]

    def parse_func(self, route: Rule) -> Iterator[tuple[str, Callable[..., Response]]]:
        """Give each method of an address, with what was described of it."""
        for method in route.methods or ():
            yield method, self.described[route.endpoint]


def _answers(facts: Facts) -> Mapping[str, type[BaseModel] | None]:
    told: dict[int, type[BaseModel] | None] = dict.fromkeys((*COMMON, *facts.refuses), Problem)
    told |= dict.fromkeys(facts.files)
    told |= facts.answers
    return {f"HTTP_{status}": model for status, model in told.items()}


def _shown(name: str) -> str:
    """Return the name of a model as the document has it: `AlbumTold` is its `Album`."""
    return name.removesuffix("Told")
