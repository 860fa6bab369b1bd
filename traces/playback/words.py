"""Words as small numbers: each gets the next one when it is first used, and keeps it."""

from __future__ import annotations

NONE = -1


class Words:
    """One table of words. It only grows, so that a number means the same in every portion."""

    __slots__ = ("_numbers", "listed")

    def __init__(self) -> None:
        self.listed: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, word: str | None) -> int:
        """Return the number of a word, -1 for none."""
        if word is None:
            return NONE
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.listed)
            self.listed.append(word)
        return found
