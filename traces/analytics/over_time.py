"""How much of something went on when: what began in each of so many equal spans of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def count_over_time(
    moments: Iterable[tuple[int, bool]], spans: int
) -> tuple[int, int, list[tuple[int, int]]]:
    """Return the first and last moment, and for each span how many were marked, and how many not.

    `moments` are (ns, marked) in any order; nothing at all gives (0, 0, []).
    """
    known = list(moments)
    if not known:
        return 0, 0, []
    first, last = min(at for at, _ in known), max(at for at, _ in known)
    counted = [[0, 0] for _ in range(spans)]
    for at, marked in known:
        place = min(spans - 1, (at - first) * spans // max(1, last - first))
        counted[place][0 if marked else 1] += 1
    return first, last, [(marked, other) for marked, other in counted]
