"""A language's files: the .po that people write, and what is made from it for Django and for the browser."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from tests.architecture.tree import TREE
from tests.catalogue.messages import Message, find_messages, is_of_scripts

CONTEXT = "\u0004"
SOMEDAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Babel wants dates; a file that says when it was made differs each time it is made."""

UNKEPT = (
    *(b'"Project-Id-Version', b'"Report-Msgid-Bugs-To', b'"Last-Translator', b'"Language-Team'),
    *(b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By'),
)
"""Lines of a catalogue's head that say nothing about it."""


def languages() -> list[str]:
    """Those that have a catalogue: all but the one that the sources are written in."""
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def po_path(language: str) -> Path:
    """What people write."""
    return TREE / "locale" / language / "LC_MESSAGES" / "django.po"


def mo_path(language: str) -> Path:
    """What Django reads."""
    return po_path(language).with_suffix(".mo")


def script_path(language: str) -> Path:
    """What the browser reads."""
    return TREE / "static" / "js" / "languages" / f"{language}.js"


def read(language: str) -> Catalog:
    """The catalogue as it is written."""
    with po_path(language).open("rb") as source:
        return read_po(source, locale=language)


def updated(old: Catalog, messages: list[Message]) -> Catalog:
    """Return the catalogue with what sources say now, in their order; what they do not say any more is dropped."""
    new = Catalog(
        locale=old.locale,
        project="Deliberation Inspector",
        header_comment=old.header_comment,
        creation_date=SOMEDAY,
        revision_date=SOMEDAY,
        fuzzy=False,
    )
    for context, one, many, place in messages:
        known = old.get(one, context)
        said = known.string if known and bool(known.pluralizable) == bool(many) else None
        comments = known.user_comments if known else ()
        new.add(
            (one, many) if many else one,
            said,
            locations=[(place, None)],
            context=context,
            user_comments=comments,
        )
    return new


def as_po(catalog: Catalog) -> bytes:
    """For people: no line numbers and no dates, which change without a reason."""
    out = BytesIO()
    write_po(out, catalog, width=110, include_lineno=False, ignore_obsolete=True)
    lines = out.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(UNKEPT))


def as_mo(catalog: Catalog) -> bytes:
    """For Django."""
    catalog.creation_date = catalog.revision_date = SOMEDAY
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def as_script(catalog: Catalog, messages: list[Message]) -> bytes:
    """For the browser: what scripts say, as a module that hands it over."""
    words = {}
    for message in filter(is_of_scripts, messages):
        said = catalog.get(message.one, message.context)
        if said and said.string:
            key = f"{message.context}{CONTEXT}{message.one}" if message.context else message.one
            words[key] = list(said.string) if message.many else said.string
    lines = json.dumps(dict(sorted(words.items())), ensure_ascii=False, indent=0)
    return (
        f"// Made by `make words` from locale/{catalog.locale}/LC_MESSAGES/django.po: change that, not this.\n\n"
        'import { speak } from "../gettext.js";\n\n'
        f"speak({{ form: (n) => Number({catalog.plural_expr}), words: {lines} }});\n"
    ).encode()


def make(language: str) -> Catalog:
    """Bring the files of a language up to date; return the catalogue."""
    messages = find_messages()
    catalog = updated(read(language), messages)
    po_path(language).write_bytes(as_po(catalog))
    mo_path(language).write_bytes(as_mo(catalog))
    script_path(language).write_bytes(as_script(catalog, messages))
    return catalog
