#!/usr/bin/env python
"""The command line of the house: `manage.py help` lists the commands."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs one command; a database that does not answer is told in a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        first_line = str(error).partition("\n")[0]
        sys.exit(f"The database does not answer: {first_line}\nIs `make run` running?")


if __name__ == "__main__":
    main()
