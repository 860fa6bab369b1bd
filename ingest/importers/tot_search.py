"""A breadth-first tree-of-thoughts search, from one case of its log to events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deliberation.events import (
    AnswerSelected,
    Event,
    FateDecided,
    NodeObserved,
    NodeScored,
    RunEnded,
)
from deliberation.vocabulary import (
    DiscardReason,
    Fate,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
)
from ingest.importers.tot_case import Case, last_line, tell_output, tell_start
from ingest.importers.tot_level import ROOT, Beam, State, read_level
from ingest.importers.tot_name import Origin

BEST_JUDGEMENT = 20
"""What one opinion "sure" adds to a Game-of-24 value; "likely" adds 1, "impossible" 0.001, anything else 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A case's search. `outputs` are the states that hold the case's outputs, as (output's index, state);
    `path` the nodes from the first of them up.
    """

    case: Case
    steps: int
    states: list[State]
    outputs: list[tuple[int, State]]
    path: frozenset[str]
    warnings: list[str] = field(default_factory=list)


def read_search(plain: Mapping[str, Any], case: Case) -> Search:
    """Return the search that a case's `steps` tell. Raises `Misshapen`."""
    beam: Beam = [("", ROOT)]
    states: list[State] = []
    strays = 0
    for number, step in enumerate(plain["steps"]):
        level = read_level(step, number, beam)
        states += level.states
        beam, strays = level.beam, strays + level.strays
    outputs = _outputs(case, states, beam)
    warnings = []
    if strays:
        warnings.append(
            f"{strays} states extend no state that was kept before: they hang under the root"
        )
    if len(outputs) < len(case.outputs):
        missing = len(case.outputs) - len(outputs)
        warnings.append(f"{missing} outputs are no state of the last level: they are left out")
    return Search(
        case=case,
        steps=len(plain["steps"]),
        states=states,
        outputs=outputs,
        path=_path_of(outputs[0][1], states) if outputs and outputs[0][0] == 0 else frozenset(),
        warnings=warnings,
    )


def tell_search(search: Search, run: str) -> Iterator[Event]:
    """Yield the events of the search, level by level, then what was returned."""
    case = search.case
    yield from tell_start(case, run, Strategy.TOT_BFS, steps=search.steps)
    for state in search.states:
        yield from _tell_state(search, state, run)
    for index, state in search.outputs:
        yield from tell_output(case, run, index, state.node)
    if search.path:
        yield _selection(search, run)
    yield RunEnded(
        run=run,
        key="end",
        state=ObservedState.COMPLETED,
        answer=last_line(case.outputs[0]) if case.outputs else None,
    )


def _tell_state(search: Search, state: State, run: str) -> Iterator[Event]:
    yield NodeObserved(
        run=run,
        key=state.node,
        node=state.node,
        parent=state.parent,
        node_kind=NodeKind.EXPANSION,
        status=NodeStatus.OK,
        depth=state.depth,
        text=state.line,
        output=state.text,
    )
    if state.reason is not DiscardReason.DUPLICATE:
        least, most = scale_of(search.case)
        yield NodeScored(
            run=run,
            key=f"{state.node}:score",
            node=state.node,
            value=state.value,
            scale_min=least,
            scale_max=most,
            rank=state.rank,
            scorer=search.case.origin.scorer,
        )
    yield _fate(search, state, run)


def _fate(search: Search, state: State, run: str) -> FateDecided:
    is_cut = state.fate is Fate.DISCARDED
    return FateDecided(
        run=run,
        key=f"{state.node}:fate",
        node=state.node,
        fate=Fate.SELECTED if state.node in search.path else state.fate,
        reason=None if state.node in search.path else state.reason,
        by="tot.value" if is_cut else "tot.select",
        value=state.value,
        cutoff=state.cutoff,
        rank=state.rank,
    )


def _selection(search: Search, run: str) -> AnswerSelected:
    first = search.outputs[0][1]
    second = search.outputs[1][1] if len(search.outputs) > 1 else None
    margin = first.value - second.value if second else None
    return AnswerSelected(
        run=run,
        key="selected",
        node=first.node,
        rule="first output",
        runner_up=second.node if second else None,
        margin=margin,
        margin_unit="value" if margin is not None else None,
        tie_break="order of generation" if margin == 0 else None,
    )


def scale_of(case: Case) -> tuple[float | None, float | None]:
    """Return the least and the greatest value a state can have, None where the log does not let us know.

    An opinion in none of the three words adds nothing, so the least is 0 and the log has such states.
    """
    origin: Origin = case.origin
    if origin.samples is None:
        return None, None
    if origin.evaluate == "vote":
        return 0.0, float(origin.samples)
    return (0.0, float(origin.samples * BEST_JUDGEMENT)) if case.is_game24 else (None, None)


def _outputs(case: Case, states: list[State], beam: Beam) -> list[tuple[int, State]]:
    by_node = {state.node: state for state in states}
    waiting = list(beam)
    found = []
    for index, text in enumerate(case.outputs):
        place = next((place for place, (whole, _) in enumerate(waiting) if whole == text), None)
        if place is not None and waiting[place][1] != ROOT:
            found.append((index, by_node[waiting.pop(place)[1]]))
    return found


def _path_of(state: State, states: list[State]) -> frozenset[str]:
    parents = {each.node: each.parent for each in states}
    path = set()
    node = state.node
    while node in parents:
        path.add(node)
        node = parents[node]
    return frozenset(path)
