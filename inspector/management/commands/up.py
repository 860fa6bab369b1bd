"""`manage.py up`: everything, on this machine, until Ctrl-C."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from inspector import env
from inspector.local.start import run_instance
from inspector.local.terminal import own_foreground
from inspector.local.trouble import Trouble, explain


class Command(BaseCommand):
    """Postgres and Redis (unless DATABASE_URL and REDIS_URL name others), web, workers, beat."""

    help = "Starts everything on this machine and keeps it running until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """A fault that a person can mend is one sentence and exit code 1."""
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        try:
            with own_foreground():
                run_instance(
                    settings.DATA_DIR,
                    port=settings.PORT,
                    workers=env.whole("WORKERS", 2, least=1),
                    demo=env.flag("DEMO", default=True),
                    local=settings.IS_LOCAL,
                )
        except Trouble as trouble:
            sys.exit(str(trouble))
        except OSError as error:
            sys.exit(str(explain(error)))
