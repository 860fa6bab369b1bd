"""Which texts of a run were deleted for good, by whom and by what rule."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext

from traces.models import Removal
from traces.models.removal import EXPIRED, REDACTED
from traces.queries.access import Who, see_run
from traces.queries.spoken import spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalRow:
    """One entry that took texts away: that named `part` of `entry`, or with None all of the entries before `entry`."""

    seq: int
    kind: str
    entry: int
    part: str | None
    by: str | None
    agreed_by: str | None
    rule: str | None
    basis: str | None
    policy: str | None
    reason: str | None
    said_ns: int | None

    @property
    def words(self) -> str:
        """What became of a text, in the words of the page: by whom, when and by what rule."""
        if self.kind == REDACTED:
            by = self.by.partition(":")[2] or self.by if self.by else None
            what = gettext("redacted by {who}").format(who=by) if by else gettext("redacted")
            why = spoken(self.rule) if self.rule else ""
        else:
            what, why = gettext("expired"), self.policy or ""
        if self.said_ns is not None:
            what = gettext("{what} on {day}").format(what=what, day=_day(self.said_ns))
        return f"{what}, {why}" if why else what


@dataclass(frozen=True, slots=True)
class Removals:
    """The removals that concern some entries."""

    redacted: dict[tuple[int, str], RemovalRow]
    expiries: list[RemovalRow]

    def of(self, entry: int, part: str) -> RemovalRow | None:
        """Return the removal of one text."""
        known = self.redacted.get((entry, part))
        return known or next((each for each in self.expiries if entry < each.entry), None)


def list_removals(*, who: Who, run_id: str | uuid.UUID) -> list[RemovalRow]:
    """Return all removals of a run, the newest first. Raises NotVisible."""
    run = see_run(who, run_id)
    return [_row(each) for each in Removal.objects.filter(run_id=run.id).order_by("-seq")]


def removals_of(run_id: uuid.UUID, entries: Collection[int]) -> Removals:
    """Return what took texts of these entries away. The caller has checked the run."""
    known = Removal.objects.filter(run_id=run_id)
    redacted = known.filter(kind=REDACTED, entry__in=list(entries)).order_by("seq")
    expiries = known.filter(kind=EXPIRED).order_by("seq")
    by_place: dict[tuple[int, str], RemovalRow] = {}
    for each in redacted:
        by_place.setdefault((each.entry, each.part or ""), _row(each))
    return Removals(by_place, [_row(each) for each in expiries])


def _row(removal: Removal) -> RemovalRow:
    names = RemovalRow.__slots__
    return RemovalRow(**{name: getattr(removal, name) for name in names})


def _day(ns: int) -> str:
    return dt.datetime.fromtimestamp(ns // 1_000_000_000, dt.UTC).strftime("%Y-%m-%d")
