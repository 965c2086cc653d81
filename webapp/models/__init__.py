"""The tables, as plain SQLAlchemy classes."""

from webapp.models.base import Base, insert_new, is_public_id, now_ms, public_id
from webapp.models.database import Database
from webapp.models.generation import Draft, Generation
from webapp.models.image import Image, PurgedImage
from webapp.models.job import Job
from webapp.models.rendition import RenditionEntry, RenditionOrder
from webapp.models.user import ApiToken, SignInLink, User, UserSession

__all__ = [
    "ApiToken",
    "Base",
    "Database",
    "Draft",
    "Generation",
    "Image",
    "Job",
    "PurgedImage",
    "RenditionEntry",
    "RenditionOrder",
    "SignInLink",
    "User",
    "UserSession",
    "insert_new",
    "is_public_id",
    "now_ms",
    "public_id",
]
