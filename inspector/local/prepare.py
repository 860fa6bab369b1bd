"""Brings the database up to date: `python -m inspector.local.prepare`, a child of the supervisor.

Its own process, so that the supervisor stays free of connections and web can start meanwhile.
"""

from __future__ import annotations

import datetime as dt
import os

import django


def main() -> None:
    """Tables, the partitions of the months to come, the local project, admin and INSPECTOR_KEY."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from traces.actions.make_partitions import make_partitions
    from traces.actions.set_up_local import set_up_local

    now = dt.datetime.now(dt.UTC)
    make_partitions(today=now.date())
    if settings.IS_LOCAL:
        set_up_local(key=os.environ["INSPECTOR_KEY"], now=now)


if __name__ == "__main__":
    main()
