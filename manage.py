#!/usr/bin/env python
"""The command line of the house: `manage.py help` lists the commands."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs one command. The supervisor needs none of what Django sets up, and is there a second sooner without."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    if sys.argv[1:] == ["up"]:
        from inspector.local.up import up

        up()
    else:
        _run_command()


def _run_command() -> None:
    """Django's way; a database that does not answer is told in a sentence."""
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        first_line = str(error).partition("\n")[0]
        sys.exit(f"The database does not answer: {first_line}\nIs `make run` running?")


if __name__ == "__main__":
    main()
