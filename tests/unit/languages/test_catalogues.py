"""Each language says all that the sources say, and what is made from its catalogue is what stands here."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from django.utils import formats, translation

from tests.catalogue.made import (
    as_mo,
    as_po,
    as_script,
    languages,
    mo_path,
    po_path,
    read,
    script_path,
    updated,
)
from tests.catalogue.messages import Message, find_messages

PLACEHOLDER = re.compile(r"%\(\w+\)s|(?<!\$)\{\w*\}|<\w+|</\w+")
AGAIN = "run `make words`, translate what is new, run it again"


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    return find_messages()


@pytest.fixture(params=languages())
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def catalog(language: str) -> Catalog:
    return read(language)


def forms(said: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def said_by(mo: bytes) -> dict[object, str]:
    """What Django finds in it, but for its head, in which Babel signs its version."""
    read_by_python = GNUTranslations(BytesIO(mo))
    return {key: said for key, said in vars(read_by_python)["_catalog"].items() if key}


def entries(catalog: Catalog) -> list[Entry]:
    return [entry for entry in catalog if entry.id]


def test_it_works(messages: list[Message]) -> None:
    said = {(each.context, each.one, each.many) for each in messages}
    assert ("word", "awaiting approval", None) in said
    assert (None, "{n} vote", "{n} votes") in said
    assert (None, "Skip to the content", None) in said


def test_all_is_said(catalog: Catalog) -> None:
    silent = [entry.id for entry in entries(catalog) if not all(forms(entry.string))]
    assert not silent, AGAIN


def test_nothing_is_a_guess(catalog: Catalog) -> None:
    assert not [entry.id for entry in entries(catalog) if entry.fuzzy]


def test_the_catalogue_is_what_the_sources_say(
    language: str, catalog: Catalog, messages: list[Message]
) -> None:
    assert po_path(language).read_bytes() == as_po(updated(catalog, messages)), AGAIN


def test_what_django_reads_is_made_from_it(language: str, catalog: Catalog) -> None:
    assert said_by(mo_path(language).read_bytes()) == said_by(as_mo(catalog)), AGAIN


def test_what_the_browser_reads_is_made_from_it(
    language: str, catalog: Catalog, messages: list[Message]
) -> None:
    assert script_path(language).read_bytes() == as_script(catalog, messages), AGAIN


def test_parts_of_a_sentence_are_in_each_language(catalog: Catalog) -> None:
    def parts(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text))

    wrong = []
    for entry in entries(catalog):
        asked = parts(forms(entry.id)[-1])
        # A singular may say "one" in place of its number, and no more than that.
        wrong += [form for form in forms(entry.string)[1:] if parts(form) != asked]
        first = parts(forms(entry.string)[0])
        wrong += [entry.id] if first not in (asked, parts(forms(entry.id)[0])) else []
    assert not wrong


def test_numbers_are_written_alike_in_every_language(language: str) -> None:
    with translation.override(language):
        written = [formats.localize(value) for value in (0.5, 1234.5, 1234567)]
        grouped = formats.number_format(1234567.25, force_grouping=True)
    assert written == ["0.5", "1234.5", "1234567"]
    assert grouped == "1,234,567.25"
