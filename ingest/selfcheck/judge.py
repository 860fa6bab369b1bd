"""Theirs beside ours: each figure with what was published of it, and whether the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_noop

from ingest.selfcheck.published import PUBLISHED, Published
from ingest.selfcheck.samples import Figures
from traces.analytics.undefined import Undefined

RECOMPUTED = gettext_noop(
    "GROUND_TRUTH.json beside the logs: another program's totals of the same files"
)
RATE_TOLERANCE = 0.00005
DRAWN_TOLERANCE = 0.01
"""Of figures that the other side drew at random; ours are exact."""
LAST_BIT = 1e-12


class Status(StrEnum):
    """How a figure stands to what was published."""

    AGREES = "agrees"
    """Ours is theirs, within the tolerance."""

    EXPLAINED = "explained"
    """Ours is another, and the note says where the source does not add up."""

    OFF = "off"
    """Ours is another, and nothing explains it."""

    ALONE = "alone"
    """Nobody published it: ours stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One figure. `published` and `ours` are as JSON has them: exact amounts are texts; null is unknown.

    `undefined` says why ours has no value. `tolerance` is null where nothing is compared.
    """

    name: str
    published: Any
    ours: Any
    tolerance: float | None
    status: str
    source: str | None
    note: str | None
    undefined: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the figure as the command prints it and the table keeps it."""
        return asdict(self)


def judge(figures: Figures, recomputed: Mapping[str, Any]) -> list[Checked]:
    """Return every figure beside what was published of it, and beside what another program made of the same files."""
    return [each for name in figures for each in _judge(name, figures[name], recomputed)]


def _judge(name: str, ours: Any, recomputed: Mapping[str, Any]) -> Iterator[Checked]:
    printed = PUBLISHED.get(name)
    if printed is not None:
        yield _checked(name, ours, printed)
    if name in recomputed:
        theirs = recomputed[name]
        tolerance = _tolerance(name, ours, theirs)
        yield _checked(name, ours, Published(theirs, tolerance, RECOMPUTED))
    elif printed is None:
        yield _row(name, ours, None, Status.ALONE)


def _checked(name: str, ours: Any, theirs: Published) -> Checked:
    if is_same(ours, theirs.value, theirs.tolerance):
        status = Status.AGREES
    else:
        status = Status.EXPLAINED if theirs.why_not is not None else Status.OFF
    return _row(name, ours, theirs, status)


def _row(name: str, ours: Any, theirs: Published | None, status: Status) -> Checked:
    return Checked(
        name=name,
        published=None if theirs is None else theirs.value,
        ours=None if isinstance(ours, Undefined) else _plain(ours),
        tolerance=None if theirs is None else theirs.tolerance,
        status=status.value,
        source=None if theirs is None else theirs.source,
        note=None if theirs is None else theirs.why_not,
        undefined=ours.value if isinstance(ours, Undefined) else None,
    )


def is_same(ours: Any, theirs: Any, tolerance: float) -> bool:
    """Return True where two figures agree; lists part by part. What is unknown agrees with nothing that is known."""
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(
            is_same(a, b, tolerance) for a, b in zip(ours, theirs, strict=True)
        )
    if isinstance(ours, Decimal):
        return theirs is not None and abs(ours - Decimal(str(theirs))) <= Decimal(str(tolerance))
    if isinstance(ours, float) and isinstance(theirs, (int, float)):
        return abs(ours - theirs) <= tolerance + LAST_BIT
    return bool(ours == theirs)


def _tolerance(name: str, ours: Any, theirs: Any) -> float:
    if not isinstance(ours, float) or not isinstance(theirs, float):
        return 0.0
    if "_mc" in name:
        return DRAWN_TOLERANCE
    digits = len(str(theirs).partition(".")[2])
    is_rounded = "paper_" in name or theirs > 1
    return 0.5 * 10**-digits if is_rounded else RATE_TOLERANCE


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def leaves(value: Any, at: str = "") -> Iterable[tuple[str, Any]]:
    """Yield the leaves of nested objects under their path: `codet_humaneval.pass_at_k.5`."""
    if not isinstance(value, dict):
        yield at, value
        return
    for name, inner in value.items():
        yield from leaves(inner, f"{at}.{name}" if at else str(name))
