"""Facts in words. What reporters wrote stays as they wrote it."""

from __future__ import annotations

from collections.abc import Iterable


def plain(word: object) -> str:
    """Return a word of a vocabulary as people write it."""
    return str(word).replace("_", " ")


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return "1 call", "2 calls"."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {many or one + 's'}"


def listed(items: Iterable[str]) -> str:
    """Return items with commas between them."""
    return ", ".join(items)


def seconds(nanoseconds: int) -> str:
    """Return a span of time in seconds, to a tenth."""
    return f"{nanoseconds / 1e9:,.1f} s"
