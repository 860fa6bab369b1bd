"""Settings of the suite: servers of its own, cheap passwords, layers in memory."""

from __future__ import annotations

import os

from tests import servers

# Before the settings are read: a running instance on .data is none of the suite's business.
os.environ["DATA_DIR"] = str(servers.places().data)
os.environ.setdefault("DATABASE_URL", servers.places().database_url)
os.environ.setdefault("REDIS_URL", servers.places().redis_url)

from inspector.settings import *  # noqa: F403

SECRET_KEY = "a-secret-for-the-tests-that-is-long-enough"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
ACCESS_LOG_PAUSE_SECONDS = 0  # no thread of its own: tests write themselves
CELERY_BROKER_URL = "memory://"
LOCAL_SIGN_IN_TOKEN = "sign-in-token-of-the-tests"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
