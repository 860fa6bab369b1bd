"""Settings, in the order of Django's own list. Everything that differs between machines is read
from the environment; with nothing set, the embedded default of `make run` is assumed.
"""

from __future__ import annotations

from pathlib import Path

from inspector import env, storages
from inspector.edition import edition_of
from inspector.logs import drop_traceback
from inspector.schedule import BEAT

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = (BASE_DIR / env.text("DATA_DIR", ".data")).resolve()
env.fall_back_on(DATA_DIR / "embedded.env")

# Core

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "not-secret-and-refused-by-the-checks-unless-local")
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", [])
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", LOCAL_HOSTS)
IS_LOCAL = set(ALLOWED_HOSTS) <= {*LOCAL_HOSTS, "testserver"}
PORT = env.whole("PORT", 8000, least=1)

INSTALLED_APPS = [
    "channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "inspector",
    "traces",
    "ingest",
]

MIDDLEWARE = [
    "inspector.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "inspector.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "inspector.urls"
ASGI_APPLICATION = "inspector.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# What the process remembers, and may forget at any time. Rows of lists are the dearest part of a page and look as they
# did with most pokes; the name of each is all that stands in it, so none is ever old.

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

# Bodies. The door of inspector.web refuses more than this while it arrives.

MAX_BODY_BYTES = 64 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# Files for an import. Daphne hands a body over whole, in memory, before anybody is asked who sends it.
MAX_UPLOAD_BYTES = env.whole("UPLOAD_MB", 64, least=1) * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000

# Database

# "web" in the process that serves requests, "worker" in those that record.
ROLE = env.text("INSPECTOR_ROLE")
DATABASE_URL = env.text("DATABASE_URL", "postgres://postgres@/inspector?host=/tmp")
DATABASES = {"default": env.database(DATABASE_URL, pooled=ROLE == "web")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: Celery's broker and Channels' layer are doorbells; nothing in Redis is the truth.

REDIS_URL = env.redis_client_url(env.text("REDIS_URL", "redis://127.0.0.1:6379/0"))
# A receive is held by Redis for 5 s, as long as redis-py waits by default: the reader must wait longer.
CHANNEL_HOST = {"address": REDIS_URL, "socket_timeout": 15}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [CHANNEL_HOST], "capacity": 1000, "expiry": 30},
    },
}

CELERY_BROKER_URL = env.redis_broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT

# Control: how long a run's holder may be silent, and how long a stop is waited for

LEASE_SECONDS = env.whole("LEASE_SECONDS", 15, least=1)
HEARTBEAT_SECONDS = env.whole("HEARTBEAT_SECONDS", 5, least=1)
CRASHED_AFTER_SECONDS = env.whole("CRASHED_AFTER_SECONDS", 60, least=1)
REPLAY_WAIT_SECONDS = env.whole("REPLAY_WAIT_SECONDS", 900, least=1)
OVERDUE_AFTER_SECONDS = env.whole("OVERDUE_AFTER_SECONDS", 10, least=1)
KILL_AFTER_SECONDS = env.whole("KILL_AFTER_SECONDS", 20, least=1)
UNCONFIRMED_AFTER_SECONDS = env.whole("UNCONFIRMED_AFTER_SECONDS", 40, least=1)
APPROVAL_TIMEOUT_SECONDS = env.whole("APPROVAL_TIMEOUT_SECONDS", 3600, least=1)

# The signer: a process of its own that holds the key of checkpoints; see docs/keys.md

SIGNER_SOCKET = Path(env.text("SIGNER_SOCKET", str(DATA_DIR / "signer" / "socket")))

# Time stamps of what is signed (RFC 3161): whose, the PEM file that they are checked with, and how often

TSA_URL = env.text("TSA_URL")
TSA_CA = env.text("TSA_CA")
TSA_EVERY_SECONDS = env.whole("TSA_EVERY_SECONDS", 3600, least=1)

# Webhooks: how links in them begin, and which hosts or networks they may reach although they are not public

PUBLIC_URL = env.text(
    "PUBLIC_URL",
    f"http://127.0.0.1:{PORT}" if IS_LOCAL else f"https://{ALLOWED_HOSTS[0].lstrip('.')}",
).rstrip("/")
WEBHOOK_ALLOW = [name.lower() for name in env.names("WEBHOOK_ALLOW", [])]

# Runs of which no end was reported are taken to be over after this silence.

QUIET_AFTER_SECONDS = env.whole("QUIET_AFTER_SECONDS", 15 * 60, least=1)

# Who looks at which run: how often it is written down (0: never), and for how many days it is kept

ACCESS_LOG_PAUSE_SECONDS = env.whole("ACCESS_LOG_PAUSE_SECONDS", 2, least=0)
ACCESS_LOG_DAYS = env.whole("ACCESS_LOG_DAYS", 400, least=1)

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["inspector.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = not IS_LOCAL
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files

STATIC_URL = "/static/" if DEBUG else f"/static/{edition_of(BASE_DIR / 'static')}/"  # kept for ever
STATIC_ROOT = env.text("STATIC_ROOT") or None
STATICFILES_DIRS = [BASE_DIR / "static"]
SERVESTATIC_USE_FINDERS = STATIC_ROOT is None
SERVESTATIC_AUTOREFRESH = DEBUG
SERVESTATIC_ALLOW_ALL_ORIGINS = False
SERVESTATIC_MAX_AGE = 0 if DEBUG else 3600

# Audit bundles: where they lie, and for how many days

BUNDLE_DAYS = env.whole("BUNDLE_DAYS", 7, least=1)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "bundles": storages.of_bundles(env.text("BUNDLES"), DATA_DIR / "bundles"),
}

# Signing in

LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in"
LOCAL_SIGN_IN_TOKEN = env.text("LOCAL_SIGN_IN_TOKEN")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Security

NONE, SELF = "'none'", "'self'"
SECURE_CSP = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not IS_LOCAL
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not IS_LOCAL
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS", [])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.text("BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Logging: one short line on stderr; the supervisor keeps it in DATA_DIR/logs.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "one_line": {"()": "django.utils.log.CallbackFilter", "callback": drop_traceback},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"filters": ["one_line"]},
        "django.server": {"handlers": [], "propagate": True},
        "daphne": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
