"""The Django app `traces`."""

from __future__ import annotations

from django.apps import AppConfig


class TracesConfig(AppConfig):
    """Owns the tables of `traces`."""

    name = "traces"
