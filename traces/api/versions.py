"""Policies have versions: which of them was just kept or ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Versioned(Protocol):
    """What has a name and the number of its version."""

    @property
    def name(self) -> str:
        """Which policy."""

    @property
    def version(self) -> int:
        """From 1 on."""


V = TypeVar("V", bound=Versioned)


def find_version(rows: Iterable[V], kept: Versioned) -> V:
    """Return the row of the version that was kept."""
    return next(row for row in rows if (row.name, row.version) == (kept.name, kept.version))
