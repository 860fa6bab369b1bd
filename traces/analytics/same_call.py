"""Which of several reports of one response counts. Pure.

Two instrumentations of one program report each call twice: as siblings, or, where a stream loses its context, in two
traces. Both carry the provider's id of the response. The id alone proves nothing: some servers count from 1, some give
a constant. Two spans are one call when they carry one id, come from different instrumentations, and overlap in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """One report of a call: times in ns since 1970; `says` ranks how much it tells, more is better.

    `place` is unique and does not depend on the order of arrival.
    """

    place: tuple[str, ...]
    instrumentation: str
    started_ns: int | None
    ended_ns: int | None
    says: tuple[int, ...]


def twins_of(reports: Sequence[CallReport]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return place → the place of the report that counts in its stead, for each one that does not count."""
    counted: list[CallReport] = []
    twins = {}
    for report in sorted(reports, key=_best_first):
        other = next((each for each in counted if _are_one_call(each, report)), None)
        if other is None:
            counted.append(report)
        else:
            twins[report.place] = other.place
    return twins


def _best_first(report: CallReport) -> tuple[object, ...]:
    started = report.started_ns if report.started_ns is not None else 2**63
    return (tuple(-each for each in report.says), started, report.place)


def _are_one_call(one: CallReport, other: CallReport) -> bool:
    if one.instrumentation == other.instrumentation:
        return False
    if one.started_ns is None or other.started_ns is None:
        return False
    one_end = one.started_ns if one.ended_ns is None else one.ended_ns
    other_end = other.started_ns if other.ended_ns is None else other.ended_ns
    return one.started_ns <= other_end and other.started_ns <= one_end
