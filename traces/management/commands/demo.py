"""manage.py demo"""

from __future__ import annotations

import datetime as dt
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deliberation.client import Client, settings_from
from traces.demo import run_agent, run_game_of_24, run_self_consistency
from traces.demo.stage import Stage

PUZZLES = ((1, 2, 4, 7), (3, 3, 8, 8))  # the beam finds the first, and prunes away the second
SECONDS = 30.0


class Command(BaseCommand):
    """Plays the demo's programs against a server, through its public door."""

    help = (
        "Run three small programs that deliberate for real (a beam search, a vote over a hundred samples, an agent"
        " with tools) and report them. Played again in the same month, nothing is recorded twice."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--url", help="the inspector's address; default $INSPECTOR_URL")
        parser.add_argument("--key", help="a key with the scope ingest; default $INSPECTOR_KEY")

    def handle(self, *, url: str | None, key: str | None, **options: Any) -> None:
        """Play, and print one line for each run."""
        settings = settings_from(os.environ, url=url, key=key, spool=False)
        if not settings.url or not settings.key:
            raise CommandError("Give --url and --key, or first: . .data/local.env")
        client = Client(settings)
        stage = Stage(client=client, key=settings.key, month=dt.datetime.now(dt.UTC).date())
        runs = [run_game_of_24(stage, puzzle) for puzzle in PUZZLES]
        runs += [run_self_consistency(stage), run_agent(stage)]
        arrived = client.flush(SECONDS)
        client.close()
        stats = client.stats()
        for run in runs:
            self.stdout.write(f"{run.id}  {run.name}")
        if not arrived or stats.accepted != stats.made or stats.invalid:
            raise CommandError(f"Not all of the demo arrived at {settings.url}: {stats}")
        self.stdout.write(f"{len(runs)} runs, {stats.accepted} events")
