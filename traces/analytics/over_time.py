"""How much of something went on when: what began in each of so many equal spans of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def count_over_time(
    times: Sequence[int | None], marks: Iterable[bool], spans: int
) -> tuple[int, int, list[tuple[int, int]]]:
    """Return the first and last moment, and for each span how many were marked, and how many not.

    `times` in ns, in any order, each with its mark; nothing known at all gives (0, 0, []).
    """
    known = (at for at in times if at is not None)
    first = last = next(known, None)
    if first is None or last is None:
        return 0, 0, []
    for at in known:
        first, last = min(first, at), max(last, at)
    counted = [[0, 0] for _ in range(spans)]
    for moment, marked in zip(times, marks, strict=True):
        if moment is not None:
            place = min(spans - 1, (moment - first) * spans // max(1, last - first))
            counted[place][0 if marked else 1] += 1
    return first, last, [(marked, other) for marked, other in counted]
