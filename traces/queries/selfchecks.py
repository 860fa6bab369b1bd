"""What the last selfcheck found: published figures beside ours, by the log that they come out of."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from traces.models import Selfcheck

AGREES, EXPLAINED, OFF, ALONE = "agrees", "explained", "off", "alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A figure. `status` is agrees, explained, off or alone; values are numbers, texts or lists, None is unknown.

    `undefined` is the word for why ours has no value.
    """

    name: str
    published: Any
    ours: Any
    tolerance: float | None
    status: str
    source: str | None
    note: str | None
    undefined: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfcheckRow:
    """One check. `groups` are the figures by the first word of their names, in their order; `counts` by status."""

    checked_at: dt.datetime
    seconds: float
    groups: dict[str, list[FigureRow]]
    counts: dict[str, int]
    absent: list[str]
    troubles: list[str]


def last_selfcheck() -> SelfcheckRow | None:
    """Return the last check, None before the first. Published figures are nobody's secret: everybody may see them."""
    found = Selfcheck.objects.order_by("-id").first()
    if found is None:
        return None
    groups: dict[str, list[FigureRow]] = {}
    for each in found.figures:
        row = FigureRow(**each)
        groups.setdefault(row.name.partition(".")[0], []).append(row)
    statuses = Counter(each["status"] for each in found.figures)
    return SelfcheckRow(
        checked_at=found.checked_at,
        seconds=found.seconds,
        groups=groups,
        counts={status: statuses[status] for status in (AGREES, EXPLAINED, OFF, ALONE)},
        absent=found.absent,
        troubles=found.troubles,
    )
