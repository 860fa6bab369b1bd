"""System checks: settings that are insecure, or contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

SHORTEST_KEY = 32


@register(Tags.security)
def check_secret_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A server that others can reach needs a secret of its own."""
    if settings.IS_LOCAL or _is_strong(settings.SECRET_KEY):
        return []
    return [
        Error(
            f"ALLOWED_HOSTS opens this server to others, but SECRET_KEY is missing or shorter than"
            f" {SHORTEST_KEY} characters.",
            hint="Set SECRET_KEY to the output of: python -c"
            " 'import secrets; print(secrets.token_urlsafe(48))'",
            id="inspector.E001",
        )
    ]


@register(Tags.security)
def check_sign_in_link(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """The link that signs in without a password belongs to a machine of one's own."""
    if settings.IS_LOCAL or not settings.LOCAL_SIGN_IN_TOKEN:
        return []
    return [
        Error(
            "LOCAL_SIGN_IN_TOKEN is set, but ALLOWED_HOSTS opens this server to others.",
            hint="Unset LOCAL_SIGN_IN_TOKEN and create users instead.",
            id="inspector.E002",
        )
    ]


@register()
def check_bundle_storage(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A store that speaks S3 is reached by a package that is no requirement."""
    backend = settings.STORAGES["bundles"]["BACKEND"]
    if backend.startswith("django.") or find_spec(backend.partition(".")[0]) is not None:
        return []
    return [
        Error(
            "BUNDLES names a store that speaks S3, and django-storages is not installed.",
            hint='Install it beside: pip install "django-storages[s3]"',
            id="inspector.E003",
        )
    ]


@register()
def check_time_stamps(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A stamp that nobody here can check is worth nothing to whoever gets it later."""
    if not settings.TSA_URL or settings.TSA_CA:
        return []
    return [
        Error(
            "TSA_URL names an authority of time stamps, and TSA_CA no certificates to check them with.",
            hint="Set TSA_CA to a PEM file with the root of the authority.",
            id="inspector.E004",
        )
    ]


def _is_strong(key: str) -> bool:
    return len(key) >= SHORTEST_KEY and not key.startswith("not-secret-")
