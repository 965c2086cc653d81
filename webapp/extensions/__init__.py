"""The Flask extensions, unbound: `app.py` binds them."""

from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from webapp.extensions.csrf_check import Csrf
from webapp.models import Base

db = SQLAlchemy(model_class=Base)
cache = Cache()
migrate = Migrate()
csrf = Csrf()
limiter = Limiter(key_func=get_remote_address)
