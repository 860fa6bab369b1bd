"""`manage.py rebuild [RUN…]`: compute the rows of runs again from their ledgers."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from traces.actions.rebuild import Damaged, rebuild
from traces.models import Run


class Command(BaseCommand):
    """Rebuilds the named runs, or all of them; prints a line for each."""

    help = "Drop and rebuild projections from the ledger; the result is identical."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take run ids."""
        parser.add_argument("run", nargs="*", type=uuid.UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild each run in a transaction of its own, so that a crash leaves whole runs behind."""
        known = Run.objects.filter(size__gt=0)
        wanted: list[uuid.UUID] = options["run"]
        if wanted:
            known = known.filter(pk__in=wanted)
            missing = set(wanted) - set(known.values_list("pk", flat=True))
            if missing:
                raise CommandError(f"there is no run {min(missing)}")
        for run_id in known.order_by("pk").values_list("pk", flat=True).iterator():
            try:
                entries = rebuild(run_id=run_id)
            except Damaged as damage:
                raise CommandError(str(damage)) from damage
            self.stdout.write(f"{run_id} rebuilt from {entries} entries")
