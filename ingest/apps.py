"""The Django app `ingest`."""

from __future__ import annotations

from django.apps import AppConfig


class IngestConfig(AppConfig):
    """Owns the tables of `ingest`."""

    name = "ingest"

    def ready(self) -> None:
        """Name the copies that are kept here, for when a text must go for good."""
        from ingest.raw_copies import forget_raw_copies
        from traces.actions.raw_copies import keep_copies

        keep_copies(forget_raw_copies)
