"""The Django app `ingest`."""

from __future__ import annotations

from django.apps import AppConfig


class IngestConfig(AppConfig):
    """Owns the tables of `ingest`."""

    name = "ingest"
