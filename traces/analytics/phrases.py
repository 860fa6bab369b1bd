"""Sentences that know no language yet: a message in English, and what stands in it. Pure.

What computes them knows neither who will read them nor in which language; `traces.queries.spoken` says them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the vocabulary as a part of a sentence."""

    word: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message whose `{name}`s stand for parts; with `many`, the form of one and of many things, `count` of them."""

    message: str
    parts: Mapping[str, object] = field(default_factory=dict)
    many: str | None = None
    count: int = 1

    def say(
        self,
        *,
        one: Callable[[str], str],
        some: Callable[[str, str, int], str],
        word: Callable[[str], str],
    ) -> str:
        """Return the sentence, each message of it by `one` or, where it counts, by `some`; words by `word`."""
        said = one(self.message) if self.many is None else some(self.message, self.many, self.count)
        parts: dict[str, object] = {}
        for name, part in self.parts.items():
            if isinstance(part, Phrase):
                parts[name] = part.say(one=one, some=some, word=word)
            else:
                parts[name] = word(part.word) if isinstance(part, Word) else part
        return said.format(**parts)

    def __str__(self) -> str:
        """The sentence in English."""
        return self.say(
            one=str,
            some=lambda single, many, count: single if count == 1 else many,
            word=lambda word: word.replace("_", " "),
        )


def phrase(message: str, **parts: object) -> Phrase:
    """Return a message with its parts."""
    return Phrase(message, parts)


def counted(count: int, one: str, many: str, **parts: object) -> Phrase:
    """Return a message that counts: `{n}` is the number, as people write it."""
    return Phrase(one, {"n": f"{count:,}", **parts}, many, count)
