"""`manage.py up`: everything, on this machine, until Ctrl-C."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from inspector.local.up import up


class Command(BaseCommand):
    """Postgres and Redis (unless DATABASE_URL and REDIS_URL name others), web, workers, beat."""

    help = "Starts everything on this machine and keeps it running until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Comes here with options only: without, manage.py does not set up Django first."""
        up()
