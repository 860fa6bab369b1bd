"""A project's policies as their names: what is in force of each, and what was before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeVar


class Version(Protocol):
    """What every version of a policy says of itself, whatever it is about."""

    @property
    def name(self) -> str:
        """The policy's."""

    @property
    def version(self) -> int:
        """Its number, from 1."""

    @property
    def ended_at(self) -> dt.datetime | None:
        """None while it is in force."""


AnyVersion = TypeVar("AnyVersion", bound=Version)


@dataclass(frozen=True, slots=True)
class History(Generic[AnyVersion]):
    """One name: the version in force, if one is, and those that ended, the newest first."""

    name: str
    in_force: AnyVersion | None
    ended: list[AnyVersion]

    @property
    def next_version(self) -> int:
        """The number that a change would get."""
        newest = [self.in_force] if self.in_force else []
        return 1 + max(each.version for each in [*newest, *self.ended])


def tell_histories(rows: Iterable[AnyVersion]) -> list[History[AnyVersion]]:
    """Return the histories of policies, from versions that stand by name, the newest first.

    What is in force comes before what was ended altogether.
    """
    told = [_history(name, list(of_name)) for name, of_name in groupby(rows, lambda row: row.name)]
    return sorted(told, key=lambda each: (each.in_force is None, each.name))


def _history(name: str, rows: list[AnyVersion]) -> History[AnyVersion]:
    in_force = next((row for row in rows if row.ended_at is None), None)
    return History(name, in_force, [row for row in rows if row.ended_at is not None])
