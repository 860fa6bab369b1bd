"""Words of the vocabulary as people say them, in the language of the page."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language, gettext, ngettext, pgettext

from traces.analytics.phrases import Phrase

WORD = "word"
"""The context under which catalogues have them."""


def spoken(word: str) -> str:
    """Return awaiting_approval as "awaiting approval"; a word that no language knows comes back with spaces."""
    return _spoken(word, get_language())


def told(phrase: Phrase) -> str:
    """Return a sentence of those that know no language."""
    return phrase.say(one=gettext, some=ngettext, word=spoken)


@lru_cache(maxsize=4096)
def _spoken(word: str, language: str | None) -> str:
    return pgettext(WORD, word.replace("_", " "))
