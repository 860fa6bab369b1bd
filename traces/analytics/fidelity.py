"""How truly a run repeats another, judged by the calls of both: nobody's word is taken for it.

A call of the replay is told by its key. It was *recorded* when the other run has the call and it came to the same,
*diverged* when it came to something else, *live* when the other run has no such call. What the other has and the
replay has not is *unused*. Where a text was taken away since, nobody can tell any more: *unknown*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deliberation.vocabulary import Fidelity, ReplayMode


@dataclass(frozen=True, slots=True)
class Call:
    """A call by its key, the entry in which it began, and a digest of what came of it; None where that is not known."""

    key: str
    seq: int
    outcome: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The word for a replay; None where it cannot be told. Counts are of calls.

    `diverged_at_seq` is the entry of the original from which they differ: the first call that came to something else
    or was never made, else the end; None for a word other than diverged.
    """

    word: Fidelity | None
    diverged_at_seq: int | None
    recorded: int
    live: int
    diverged: int
    unused: int
    unknown: int


def judge(
    *,
    mode: ReplayMode,
    original: Iterable[Call],
    replay: Iterable[Call],
    last_seq: int,
    same_answer: bool | None,
) -> Judged:
    """Return how the calls of a replay stand to those of the original.

    Of a fork, `original` are the calls before its node alone: what comes after is live by intention, and so is all of
    a live replay. `last_seq` is the original's last entry; `same_answer` is None where one has none that is known.
    """
    theirs = {each.key: each for each in original}
    recorded = live = diverged = unknown = 0
    differing: list[int] = []
    seen: set[str] = set()
    for call in replay:
        other = theirs.get(call.key)
        if other is None:
            live += 1
            continue
        seen.add(call.key)
        if call.outcome is None or other.outcome is None:
            unknown += 1
        elif call.outcome == other.outcome:
            recorded += 1
        else:
            diverged += 1
            differing.append(other.seq)
    unused = [each.seq for key, each in theirs.items() if key not in seen]
    word = _word(mode, bool(differing or unused), live, unknown, same_answer)
    first = min([*differing, *unused], default=last_seq)
    return Judged(
        word=word,
        diverged_at_seq=first if word is Fidelity.DIVERGED else None,
        recorded=recorded,
        live=live,
        diverged=diverged,
        unused=len(unused),
        unknown=unknown,
    )


def _word(
    mode: ReplayMode, differs: bool, live: int, unknown: int, same_answer: bool | None
) -> Fidelity | None:
    if mode is ReplayMode.LIVE:
        return Fidelity.LIVE
    if differs or (mode is ReplayMode.RECORDED and (live or same_answer is False)):
        return Fidelity.DIVERGED
    if unknown:
        return None
    return Fidelity.LIVE if mode is ReplayMode.FORK else Fidelity.EXACT
