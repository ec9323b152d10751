"""The only reader of the environment, and Django's settings.

| variable | meaning | default |
|---|---|---|
| DATABASE_URL | PostgreSQL 15 or later; the embedded one is started where it is empty | none |
| DUTYROOM_DATA | folder for keys, embedded database, archives | `var` beside the checkout |
| DUTYROOM_DB_OWNER | "1": connect as the owner of the tables (migrations only) | "" |
| DUTYROOM_SPEED | a clock that runs faster; only with demo data | 1 |
| DUTYROOM_CLOCK | "real:shown", instants in ms: what the demo's clock showed when | "" |
| DUTYROOM_DEMO | "1": demo data, shown on every page | "" |
| DUTYROOM_BASE_URL | address that links in messages begin with | http://127.0.0.1:8000 |
| DUTYROOM_COURIERS | path of couriers.toml | `couriers.toml` in the data folder |
| DUTYROOM_PARENT | process that started this one: it ends with it | none |
| DUTYROOM_FAILPOINT | torture tests: `name:count,…`, a process dies there once | "" |
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

PROJECT = Path(__file__).resolve().parents[2]


def _read(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


DATA_FOLDER = Path(_read("DUTYROOM_DATA") or PROJECT / "var")
DATABASE_URL = _read("DATABASE_URL")
AS_OWNER = _read("DUTYROOM_DB_OWNER") == "1"
APP_ROLE = "dutyroom_app"
SPEED = float(_read("DUTYROOM_SPEED", "1"))
CLOCK = _read("DUTYROOM_CLOCK")
DEMO = _read("DUTYROOM_DEMO") == "1"
BASE_URL = _read("DUTYROOM_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
COURIERS_FILE = Path(_read("DUTYROOM_COURIERS") or DATA_FOLDER / "couriers.toml")
PARENT = int(_read("DUTYROOM_PARENT", "0"))
FAILPOINT = _read("DUTYROOM_FAILPOINT")
CHROMIUM = _read("DUTYROOM_CHROMIUM")


def _secret() -> str:
    """The session and form key of this installation, made at set-up. Nothing lasting hangs on it."""
    file = DATA_FOLDER / "keys" / "forms.key"
    return file.read_text().strip() if file.is_file() else "not-set-up-yet-" + "x" * 40


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "" if AS_OWNER else f"-c role={APP_ROLE}"},
    }


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": _database(DATABASE_URL)}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.postgres",
    "dutyroom.store",
    "dutyroom.web",
]
AUTH_USER_MODEL = "store.Person"
MIDDLEWARE = [
    "dutyroom.web.middleware.Guard",
    "django.middleware.csrf.CsrfViewMiddleware",
    "dutyroom.web.access.Gate",
]
ROOT_URLCONF = "dutyroom.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["dutyroom.web.context.page"],
            "builtins": ["dutyroom.web.templatetags.words"],
        },
    }
]
WSGI_APPLICATION = "dutyroom.web.wsgi.application"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = False
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "dutyroom.web.errors.csrf"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"err": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["err"], "level": "WARNING"},
}
