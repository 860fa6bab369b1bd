"""Rings the clock: `python -m inspector.beat --schedule FILE`.

`celery beat` would read all that its tasks need, and the addresses of all pages, for a dozen names: three seconds
at each start, and 80 MB for as long as the house runs. Names are all that is read here.
"""

from __future__ import annotations

import argparse

from celery.apps.beat import Beat
from django.conf import settings
from django.utils.log import configure_logging

from inspector.celery import app


class Clock(Beat):
    """Celery's, without what workers do."""

    def init_loader(self) -> None:
        """Imports no tasks: a ring is sent by the name that stands in the schedule."""
        app.finalize()


def main() -> None:
    """Rings until SIGTERM; when each rang last stands in the file."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    schedule = _parse().schedule
    Clock(app=app, schedule=schedule, loglevel="WARNING", quiet=True).run()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m inspector.beat", description=__doc__)
    parser.add_argument("--schedule", default="celerybeat-schedule", help="a file to write to")
    return parser.parse_args()


if __name__ == "__main__":
    main()
