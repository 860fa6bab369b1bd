"""One level of a tree-of-thoughts search: what was generated, from what, and what the cut left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deliberation.vocabulary import DiscardReason, Fate

ROOT = "root"
Beam = Sequence[tuple[str, str]]
"""(whole text, node id) of the states a level starts from."""


class Misshapen(Exception):
    """A log that is not of its format; the message says where, as a sentence without its subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A generated state. `text` is the whole, `line` what it adds to its parent.

    `value` is the log's; of a repeated state it is a mark of the repetition (0), nobody judged it.
    `rank` is the place by value on its level, 1 is best. `cutoff` is the lowest value that the cut let pass.
    """

    node: str
    parent: str
    text: str
    line: str
    depth: int
    value: float
    rank: int
    fate: Fate
    reason: DiscardReason | None
    cutoff: float | None


@dataclass(frozen=True, slots=True)
class Level:
    """The states of one level, the beam it leaves, and how many states extend nothing in the beam before."""

    states: Sequence[State]
    beam: Beam
    strays: int


def read_level(step: Any, number: int, beam: Beam) -> Level:
    """Return a level from its entry in the log's `steps`. Raises `Misshapen`."""
    where = f"step {number}"
    texts = texts_in(step, "new_ys", where)
    values = _values_in(step, where, len(texts))
    nodes = [f"{number + 1}.{index}" for index in range(len(texts))]
    passed = _indices_of(texts_in(step, "select_new_ys", where), texts)
    parents = _Parents(texts_in(step, "ys", where), beam)
    ranks = _ranks(values)
    cutoff = min((values[index] for index in passed), default=None)
    seen: set[str] = set()
    states = []
    for index, text in enumerate(texts):
        parent, start = parents.of(text)
        fate, reason = _fate(text in seen, index in passed)
        states.append(
            State(
                node=nodes[index],
                parent=parent,
                text=text,
                line=text[start:].strip("\n"),
                depth=number + 1,
                value=values[index],
                rank=ranks[index],
                fate=fate,
                reason=reason,
                cutoff=cutoff,
            )
        )
        seen.add(text)
    return Level(states, [(texts[index], nodes[index]) for index in passed], parents.strays)


def texts_in(plain: Any, name: str, where: str) -> list[str]:
    """Return a list of texts by its name. Raises `Misshapen`."""
    found = plain.get(name) if isinstance(plain, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise Misshapen(f"{where} has no list of texts {name!r}")
    return found


def _values_in(step: Any, where: str, count: int) -> list[float]:
    found = step.get("values")
    if not isinstance(found, list) or len(found) != count:
        raise Misshapen(f"{where} does not have one value for each of its {count} states")
    try:
        values = [float(value) for value in found]
    except (TypeError, ValueError, OverflowError):
        raise Misshapen(f"{where} has a value that is not a finite number") from None
    if not all(abs(value) < float("inf") for value in values):
        raise Misshapen(f"{where} has a value that is not a finite number")
    return values


def _indices_of(chosen: Iterable[str], texts: Sequence[str]) -> list[int]:
    """Return where the chosen texts stand: the n-th of equal texts is the n-th that was generated."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        places[text].append(index)
    times: Counter[str] = Counter()
    found = []
    for text in chosen:
        if times[text] < len(places[text]):
            found.append(places[text][times[text]])
        times[text] += 1
    return found


def _ranks(values: Sequence[float]) -> dict[int, int]:
    # Stable, as upstream's own sort is: of equal values the first generated wins.
    order = sorted(range(len(values)), key=lambda index: -values[index])
    return {index: rank for rank, index in enumerate(order, start=1)}


def _fate(is_repeated: bool, has_passed: bool) -> tuple[Fate, DiscardReason | None]:
    if is_repeated:
        return Fate.DISCARDED, DiscardReason.DUPLICATE
    if has_passed:
        return Fate.KEPT, None
    return Fate.DISCARDED, DiscardReason.PRUNED_LOW_VALUE


class _Parents:
    """Finds the beam state that a text extends: the longest that it begins with, of equal ones the first."""

    def __init__(self, starts: Sequence[str], beam: Beam) -> None:
        known = dict(reversed(beam))
        self._starts = sorted({text for text in starts if text in known}, key=len, reverse=True)
        self._known = known
        self.strays = 0

    def of(self, text: str) -> tuple[str, int]:
        """Return the parent's node id and where the text's own part begins."""
        for start in self._starts:
            if text.startswith(start):
                return self._known[start], len(start)
        self.strays += 1
        return ROOT, 0
