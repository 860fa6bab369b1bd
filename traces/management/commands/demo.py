"""manage.py demo"""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

EXAMPLES = Path(settings.BASE_DIR, "sdk", "examples")
VERSION = "4"
"""Raised when an example reports differently, or a second playing would mix two versions in a run."""
PLAYED = (
    ("beam_search.py", "--numbers", "1,2,4,7"),  # the beam finds this one
    ("beam_search.py", "--numbers", "3,3,8,8"),  # and prunes away the only way to this
    ("mcts.py", "--seed", "8"),
    ("best_of_n.py", "--seed", "3"),
    ("best_of_n.py", "--seed", "29"),  # the judge is wrong, and the vote would have been right
    ("best_of_n.py", "--seed", "5", "--calls", "20"),  # ends at its limit, with the best so far
    ("agent.py", "--seed", "1", "--no-mail"),  # a mail would wait for a person
)


class Command(BaseCommand):
    """Plays the examples of the SDK against a server, through its public door."""

    help = (
        "Run the examples of the SDK (beam search, tree search, best of n, an agent) at full speed, and report them."
        " Played again in the same month, nothing is recorded twice."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--url", help="the inspector's address; default $INSPECTOR_URL")
        parser.add_argument("--key", help="a key with the scope ingest; default $INSPECTOR_KEY")

    def handle(self, *, url: str | None, key: str | None, **options: Any) -> None:
        """Play; each example prints a line for its run."""
        url, key = url or os.environ.get("INSPECTOR_URL"), key or os.environ.get("INSPECTOR_KEY")
        if not url or not key:
            raise CommandError("Give --url and --key, or first: . .data/local.env")
        env = {**os.environ, "INSPECTOR_URL": url, "INSPECTOR_KEY": key, "INSPECTOR_SPOOL": "off"}
        project = sha256(key.encode()).hexdigest()[:16]
        for program, *arguments in PLAYED:
            words = " ".join(("demo", VERSION, project, *arguments))
            argv = [sys.executable, str(EXAMPLES / program), *arguments]
            argv += ["--pace", "0", "--played-as", words]
            done = subprocess.run(argv, env=env, check=False, capture_output=True, text=True)
            self.stdout.write(done.stdout, ending="")
            if done.returncode:
                raise CommandError(f"{program} did not report in full: {done.stderr.strip()}")
