"""What the resources of the JSON API share.

A resource is a blueprint of `resource()`, whose routes are `operation`s: each says who may call it,
what it is sent and what it answers. The OpenAPI document is made of just that.
"""

from webapp.web.api.door import Resource, admit, resource, told, too_often
from webapp.web.api.etags import expected, with_etag
from webapp.web.api.fields import Asked, Asking, Moment, Money, Text, Told, money
from webapp.web.api.operations import Reply, operation
from webapp.web.api.pages import PageAsked, once, sealed, unsealed
from webapp.web.api.scopes import GENERATE, READ, WRITE_ALBUMS, WRITE_IMAGES
from webapp.web.api.values import Texts, Value, Values, Whole, Word

__all__ = [
    "GENERATE",
    "READ",
    "WRITE_ALBUMS",
    "WRITE_IMAGES",
    "Asked",
    "Asking",
    "Moment",
    "Money",
    "PageAsked",
    "Reply",
    "Resource",
    "Text",
    "Texts",
    "Told",
    "Value",
    "Values",
    "Whole",
    "Word",
    "admit",
    "expected",
    "money",
    "once",
    "operation",
    "resource",
    "sealed",
    "told",
    "too_often",
    "unsealed",
    "with_etag",
]
