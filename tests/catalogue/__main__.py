"""`python -m tests.catalogue`: bring the catalogues up to date and say what is still to be translated."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")

import django


def main() -> int:
    """Return 1 while a language has nothing to say for a message."""
    django.setup()
    from tests.catalogue.made import languages, make, po_path

    missing = 0
    for language in languages():
        catalog = make(language)
        empty = [each for each in catalog if each.id and not _is_said(each.string)]
        missing += len(empty)
        print(f"{po_path(language)}: {len(catalog)} messages, {len(empty)} without a translation")
    return bool(missing)


def _is_said(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
