"""`manage.py reprice [RUN…]`: compute the costs of calls again, with the table and the projects' prices of today."""

from __future__ import annotations

import datetime as dt
import secrets
import time
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q, QuerySet

from traces.actions.reprice import Repriced, foresee, reprice
from traces.live.publish import poke
from traces.models import Project, Run
from traces.queries.price_lists import load_price_lists

RUNS_AT_ONCE = 200
"""Whose ids are read together; prices are read anew for each portion."""
Portion = list[tuple[uuid.UUID, int]]


class Command(BaseCommand):
    """Reprices the named runs, or all of them; prints a line for each that changes, and a sum."""

    help = (
        "Compute the costs of calls again, with the installed price table and the project's own prices, each at the "
        "call's own date. What a source reported stays. Changes are appended to the runs' ledgers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take run ids and what narrows."""
        parser.add_argument("run", nargs="*", type=uuid.UUID)
        parser.add_argument("--project", help="only runs of the project with this slug")
        parser.add_argument(
            "--since", type=dt.date.fromisoformat, metavar="YYYY-MM-DD",
            help="only calls that began on this day (UTC) or later",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="say what would change")

    def handle(
        self,
        *,
        run: list[uuid.UUID],
        project: str | None,
        since: dt.date | None,
        dry_run: bool,
        **options: Any,
    ) -> None:
        """Reprice each run in a transaction of its own, so that a crash leaves whole runs behind."""
        since_ns = None if since is None else _first_ns(since)
        looked_at = changed = calls = 0
        for portion in _portions(_wanted(run, project, since_ns)):
            prices = load_price_lists({owner for _, owner in portion})
            for run_id, owner in portion:
                if dry_run:
                    result = foresee(run_id=run_id, prices=prices[owner], since_ns=since_ns)
                else:
                    result = reprice(
                        run_id=run_id,
                        prices=prices[owner],
                        now_ns=time.time_ns(),
                        randbytes=secrets.token_bytes,
                        since_ns=since_ns,
                    )
                poke(result.changes)
                looked_at, calls = looked_at + 1, calls + result.calls
                changed += result.calls > 0
                if result.calls or run:
                    self.stdout.write(_line(result, dry_run=dry_run))
        verb = "would change" if dry_run else "changed"
        self.stdout.write(f"{looked_at:,} runs looked at, {changed:,} {verb}, {calls:,} calls")


def _wanted(named: list[uuid.UUID], slug: str | None, since_ns: int | None) -> QuerySet[Run]:
    found = Run.objects.filter(size__gt=0)
    if slug is not None:
        if not Project.objects.filter(slug=slug).exists():
            raise CommandError(f"there is no project {slug}")
        found = found.filter(project__slug=slug)
    if named:
        found = found.filter(pk__in=named)
        missing = set(named) - set(found.values_list("pk", flat=True))
        if missing:
            raise CommandError(f"there is no run {min(missing)}" + (f" in {slug}" if slug else ""))
    if since_ns is not None:
        found = found.filter(Q(ended_ns=None) | Q(ended_ns__gte=since_ns))
    return found


def _portions(wanted: QuerySet[Run]) -> Iterator[Portion]:
    after = uuid.UUID(int=0)
    while portion := list(
        wanted.filter(pk__gt=after).order_by("pk").values_list("pk", "project_id")[:RUNS_AT_ONCE]
    ):
        yield portion
        after = portion[-1][0]


def _first_ns(day: dt.date) -> int:
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    return int(midnight.timestamp()) * 10**9


def _line(result: Repriced, *, dry_run: bool) -> str:
    if not result.calls:
        return f"{result.run} nothing to change, {_dollars(result.before)}"
    verb = "would be repriced" if dry_run else "repriced"
    unpriced = f" ({result.was_unpriced:,} had no price)" if result.was_unpriced else ""
    return (
        f"{result.run} {result.calls:,} calls {verb}{unpriced}: "
        f"{_dollars(result.before)} -> {_dollars(result.after)}"
    )


def _dollars(amount: Decimal | None) -> str:
    if amount is None:
        return "cost not known"
    text = format(amount, "f")
    return "$" + (text.rstrip("0").rstrip(".") if "." in text else text)
