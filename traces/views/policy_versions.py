"""What the forms of policies share, whatever the policies are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from traces.queries.access import NotVisible

MAX_DIGITS = 6


class Labelled(Protocol):
    """A version of a policy."""

    @property
    def label(self) -> str:
        """Name and version: mail@2."""


AnyRow = TypeVar("AnyRow", bound=Labelled)


def find_version(rows: Iterable[AnyRow], label: str) -> AnyRow:
    """Return the version that is called so. Raises NotVisible."""
    found = next((row for row in rows if row.label == label), None)
    if found is None:
        raise NotVisible
    return found


def read_whole(text: str) -> int | None:
    """Return the number that a field holds, None for anything else."""
    is_whole = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_whole else None
