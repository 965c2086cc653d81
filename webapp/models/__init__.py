"""The tables, as plain SQLAlchemy classes."""

from webapp.models.album import Album, AlbumImage, ImageTag
from webapp.models.base import Base, insert_new, is_public_id, now_ms, public_id
from webapp.models.database import Database
from webapp.models.generation import Draft, Generation
from webapp.models.idempotency import IdempotencyKey
from webapp.models.image import Image, ImageParent, PurgedImage
from webapp.models.job import Job
from webapp.models.link import Link, LinkHit
from webapp.models.money import Budget, Charge
from webapp.models.rendition import RenditionEntry, RenditionOrder
from webapp.models.template import Template, TemplateVersion
from webapp.models.undo import UndoStep
from webapp.models.user import ApiToken, SignInLink, User, UserSession
from webapp.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "Album",
    "AlbumImage",
    "ApiToken",
    "Base",
    "Budget",
    "Charge",
    "Database",
    "Draft",
    "Generation",
    "IdempotencyKey",
    "Image",
    "ImageParent",
    "ImageTag",
    "Job",
    "Link",
    "LinkHit",
    "PurgedImage",
    "RenditionEntry",
    "RenditionOrder",
    "SignInLink",
    "Template",
    "TemplateVersion",
    "UndoStep",
    "User",
    "UserSession",
    "Webhook",
    "WebhookDelivery",
    "insert_new",
    "is_public_id",
    "now_ms",
    "public_id",
]
