"""The words of a search, and whether texts and attributes hold them.

Case does not matter. A word with `=` in it, `gen_ai.request.seed=7`, also asks for an attribute or fact of that name
whose value holds the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from traces.queries.node_attributes import attribute_text

WORDS_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as typed, every way in which bytes may write it, and the name and value it may be."""

    text: str
    forms: tuple[bytes, ...]
    name: str
    value: str

    def stands_in(self, lowered: bytes) -> bool:
        """Return True when bytes, their ASCII letters made small, hold the word."""
        return any(form in lowered for form in self.forms)

    def name_stands_in(self, lowered: bytes) -> bool:
        """Return True when the word may be a name with a value, and such bytes hold the name."""
        return bool(self.name) and self.name.encode(errors="surrogatepass") in lowered

    def is_among(self, named: dict[str, Any]) -> bool:
        """Return True when a value of the asked name holds the asked value."""
        return bool(self.name) and any(
            name.lower() == self.name and self.value in attribute_text(value).lower()
            for name, value in named.items()
        )


def words_of(text: str) -> list[Word]:
    """Return the first eight words of a search."""
    return [_word(each) for each in text.replace("\x00", "").split()[:WORDS_AT_MOST]]


def lowered(texts: Iterable[bytes]) -> bytes:
    """Return texts as one, their ASCII letters made small; no word reaches over the end of a text."""
    return b"\n".join(texts).lower()


def _word(text: str) -> Word:
    name, _, value = text.lower().partition("=")
    return Word(text, tuple(dict.fromkeys(_forms(text))), name if value else "", value)


def _forms(text: str) -> Iterable[bytes]:
    """Yield the word as it stands in plain text, and as JSON writes it, with and without escapes beyond ASCII."""
    for word in (text, text.lower(), text.upper()):
        yield word.encode(errors="surrogatepass").lower()
        yield json.dumps(word)[1:-1].encode().lower()
        yield orjson.dumps(word.encode(errors="replace").decode())[1:-1].lower()
