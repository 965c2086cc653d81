"""Flask's own configuration, and that of its extensions, as plain values imply it."""

from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import URL

from webapp.errors import SettingsError
from webapp.extensions.file_cache import FileBytesCache, RawBytes
from webapp.storage.data_dir import DATABASE

LOOPBACK = ("127.0.0.1", "localhost")
FORM_OVERHEAD = 1_000_000
FILES_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The plain values that Flask's configuration is made of."""

    data_dir: Path
    secret_key: str
    base_url: str
    trusted_hosts: tuple[str, ...]
    database_url: str
    cache_url: str
    queue_url: str
    cache_max_bytes: int
    max_upload_bytes: int
    api_rate: str
    upload_rate: str
    nginx_dir: Path | None = None


def flask_config(around: Surroundings) -> dict[str, Any]:
    """Return the whole configuration.

    Raises SettingsError where a setting needs a library that is not installed, or where settings
    contradict each other.
    """
    _require_libraries(around)
    _check_nginx(around)
    is_secure = around.base_url.startswith("https://")
    return {
        "SECRET_KEY": around.secret_key,
        "EASEL_BASE_URL": around.base_url,
        "EASEL_NGINX_DIR": around.nginx_dir and around.nginx_dir.resolve(),
        "MAX_CONTENT_LENGTH": FILES_AT_ONCE * around.max_upload_bytes + FORM_OVERHEAD,
        "MAX_FORM_MEMORY_SIZE": 2 * FORM_OVERHEAD,  # a table of 1 MB is sent in a field
        "TRUSTED_HOSTS": _hosts(around),
        "SESSION_COOKIE_NAME": "easel_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_REFRESH_EACH_REQUEST": False,  # a cookie on a public picture would harm caches
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "PREFERRED_URL_SCHEME": "https" if is_secure else "http",
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session; a form may stay open for days
        "EASEL_API_RATE": around.api_rate,
        "EASEL_UPLOAD_RATE": around.upload_rate,
        "RATELIMIT_STORAGE_URI": around.cache_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,  # `web/limits.py` writes those of the standard
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "SQLALCHEMY_DATABASE_URI": database_url(around),
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True} if around.database_url else {},
    } | _cache_config(around)


def _require_libraries(around: Surroundings) -> None:
    for module, scheme in (("redis", "redis"), ("psycopg", "postgresql")):
        urls = (around.cache_url, around.queue_url, around.database_url)
        if any(url.startswith(scheme) for url in urls) and find_spec(module) is None:
            msg = f'{scheme}:// needs the package {module}: pip install "easel-studio[distributed]"'
            raise SettingsError(msg)


def _check_nginx(around: Surroundings) -> None:
    """Refuse a folder for nginx from which more could be read than is meant to be."""
    folder = around.nginx_dir
    if folder is None:
        return
    msg = ""
    if around.database_url:
        msg = (
            "EASEL_NGINX_DIR and EASEL_DATABASE_URL exclude each other: another server could make "
            "a picture private that nginx here would go on showing."
        )
    elif folder.resolve().is_relative_to(around.data_dir):
        msg = (
            f"EASEL_NGINX_DIR must not lie in the data directory {around.data_dir}: nginx has to "
            "read the one, and must not read the database and the secrets in the other."
        )
    elif not folder.is_dir():
        msg = (
            f"EASEL_NGINX_DIR names {folder}, which is no folder. Make it with: "
            f"install -d -o easel -g www-data -m 0750 {folder}"
        )
    if msg:
        raise SettingsError(msg)


def database_url(around: Surroundings) -> str | URL:
    """Return the URL that SQLAlchemy is given: psycopg is the driver for PostgreSQL."""
    if not around.database_url:
        # In a text, signs such as ? in the path would mean something else.
        return URL.create("sqlite", database=str(around.data_dir / DATABASE))
    scheme, mark, rest = around.database_url.partition("://")
    return f"postgresql+psycopg{mark}{rest}" if scheme == "postgresql" else around.database_url


def _cache_config(around: Surroundings) -> dict[str, Any]:
    if around.cache_url:
        return {
            "CACHE_TYPE": "RedisCache",
            "CACHE_REDIS_URL": around.cache_url,
            "CACHE_KEY_PREFIX": "easel:",
            "CACHE_SERIALIZER": RawBytes,
            "CACHE_DEFAULT_TIMEOUT": 0,
        }
    return {
        "CACHE_TYPE": f"{FileBytesCache.__module__}.{FileBytesCache.__name__}",
        "CACHE_DIR": str(around.data_dir / "cache"),
        "CACHE_OPTIONS": {"max_bytes": around.cache_max_bytes},
        "CACHE_DEFAULT_TIMEOUT": 0,
    }


def _hosts(around: Surroundings) -> list[str]:
    own = urlsplit(around.base_url).hostname
    return [*LOOPBACK, *([own] if own else []), *around.trusted_hosts]
