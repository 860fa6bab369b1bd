"""The Django app of the house itself: its commands and its system checks."""

from __future__ import annotations

from django.apps import AppConfig


class InspectorConfig(AppConfig):
    """Registers the system checks; owns no tables."""

    name = "inspector"
    verbose_name = "Deliberation Inspector"

    def ready(self) -> None:
        """Registers the checks, and the Celery application that shared tasks are sent through."""
        import inspector.celery
        import inspector.checks  # noqa: F401
