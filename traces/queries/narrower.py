"""A run's recorded search with another beam width or threshold, as far as the recording reaches."""

from __future__ import annotations

from dataclasses import dataclass

from deliberation.vocabulary import DiscardReason, Fate, NodeKind, Strategy
from traces.analytics.narrower_search import TOP, State, cut_anew
from traces.models import Node, Run

LEVEL_BY_LEVEL = (
    Strategy.TOT_BFS.value,
    Strategy.BEAM.value,
    Strategy.LOOKAHEAD.value,
)
"""Searches that keep the best of each level; others chose by other numbers than values alone."""
MOST_STATES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The search cut anew. `width` is the recorded one: the most states of a level that were kept.

    `returned` is a node, None where nothing is; `unknown` counts states whose continuation was not recorded; `visited`
    of `generated` states would have been generated.
    """

    width: int
    levels: int
    returned: str | None
    ordinal: int | None
    text: str | None
    unknown: int
    visited: int
    generated: int


def search_anew(run: Run, *, width: int | None, threshold: float | None) -> Searched | None:
    """Return a run's search with another cut; None where it did not search level by level."""
    if run.strategy not in LEVEL_BY_LEVEL:
        return None
    told = _read(run)
    parents = {row[2] for row in told}
    places: dict[str | None, int] = {}
    rows: list[Row] = []
    depth: list[int] = []
    states: list[State] = []
    for row in told:
        node_id, _, parent, value, fate, _ = row
        above = places.get(parent, TOP)
        if value is None and above == TOP and node_id in parents:
            # Where the search began: nobody chose it among others.
            places[node_id] = TOP
            continue
        places[node_id] = len(states)
        rows.append(row)
        depth.append(1 if above == TOP else depth[above] + 1)
        states.append(State(parent=above, value=value, was_cut=fate == Fate.DISCARDED))
    if not states:
        return None
    kept = [level for level, state in zip(depth, states, strict=True) if not state.was_cut]
    recorded = max((kept.count(level) for level in set(kept)), default=1)
    found = cut_anew(states, width=recorded if width is None else width, threshold=threshold)
    best = rows[found.returned] if found.returned is not None else None
    return Searched(
        width=recorded,
        levels=max(depth),
        returned=best[0] if best else None,
        ordinal=best[1] if best else None,
        text=best[5] if best else None,
        unknown=len(found.unknown),
        visited=len(found.visited),
        generated=len(states),
    )


Row = tuple[str, int, str | None, float | None, str, str | None]
"""Id, ordinal, parent, value, fate, preview."""


def _read(run: Run) -> list[Row]:
    """Return the generated states in order; a repeated one is none, nobody would have gone on from it."""
    found = Node.objects.filter(run_id=run.pk, kind=NodeKind.EXPANSION.value)
    found = found.exclude(fate_reason=DiscardReason.DUPLICATE.value).order_by("ordinal")
    columns = ("node_id", "ordinal", "parent_id", "value", "fate_value", "fate", "preview")
    return [
        (node, ordinal, parent, value if value is not None else decided, fate, preview)
        for node, ordinal, parent, value, decided, fate, preview in found.values_list(*columns)[
            :MOST_STATES
        ]
    ]
