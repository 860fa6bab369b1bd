"""The state at n by the changes is what a rebuild makes of the entries 0 to n."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from deliberation.events import Event, NodeScored, RunEnded, RunStarted, VerdictGiven
from deliberation.vocabulary import NodeKind, ObservedState, Usage, VerdictOutcome
from tests.integration.build import (
    NOW_NS,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from tests.integration.test_rebuild import any_event
from traces.actions.settle_responses import settle_responses
from traces.models import Run
from traces.models.run import FINAL
from traces.playback import kept
from traces.playback.changes import NODE_COLUMNS
from traces.queries.access import Viewer
from traces.queries.amounts import add_known
from traces.queries.tree import get_bones

WORDS = ("kind", "fate", "reason", "verdict", "verifier")


def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def portions(run: str) -> Iterator[dict[str, Any]]:
    after, last = -1, 0
    while after < last:
        portion = orjson.loads(kept.get_changes(who=viewer(), run_id=run, after=after))
        yield portion
        after, last = portion["seq"], portion["last"]


def state_at(run: str, seq: int) -> tuple[dict[int, dict[str, Any]], dict[str, Any]]:
    """The rows of nodes, with words for numbers, and the values of the tracks, as of an entry."""
    nodes: dict[int, dict[str, Any]] = {}
    values: dict[str, Any] = {}
    for portion in portions(run):
        for name, track in portion["tracks"].items():
            for at, value in zip(track["seq"], track["value"], strict=True):
                if at <= seq:
                    values[name] = value
        columns = portion["nodes"]
        for row, at in enumerate(columns["seq"]):
            if at <= seq:
                nodes[columns["ordinal"][row]] = {
                    name: columns[name][row] for name in NODE_COLUMNS
                } | {name: _word(portion, name, columns[name][row]) for name in WORDS}
    for node in nodes.values():
        start, origin = node["start"], values.get("origin")
        node["start"] = None if None in (start, origin) else (start - origin) // 1000
    return nodes, values


def _word(portion: dict[str, Any], table: str, number: int) -> str | None:
    return None if number < 0 else str(portion["names"][table][number])


def live(run: str) -> dict[int, dict[str, Any]]:
    """The bones that the tree's page gets, as plain rows, orphans under nothing."""
    bones = get_bones(who=viewer(), run_id=run)
    columns, names = bones.columns, bones.names
    rows = {}
    for row, ordinal in enumerate(columns["ordinal"]):
        values = {name: columns[name][row] for name in NODE_COLUMNS}
        for name in WORDS:
            values[name] = None if values[name] < 0 else names[name][values[name]]
        if values["parent"] == 0:
            values["parent"] = -2
        if values["kind"] != "not_received":
            rows[ordinal] = values
    return rows


def deliberation(run: str, seed: int) -> list[Event]:
    """Sixty events that contradict one another, with verdicts among them; the same ones for the same seed."""
    chance = random.Random(seed)
    return [
        verdict(run, chance) if chance.random() < 0.15 else any_event(run, chance)
        for _ in range(60)
    ]


def verdict(run: str, chance: random.Random) -> Event:
    given: Event = make_event(
        VerdictGiven,
        run,
        node=chance.choice("abcdef"),
        verifier=chance.choice(["calc", "Judge", "exact, twice"]),
        outcome=chance.choice(list(VerdictOutcome)),
        at=NOW_NS + chance.randrange(3),
    )
    return given


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    kept._kept.clear()


def test_it_works() -> None:
    chance, run = random.Random(1), new_run()
    put_on_record(make_project(), *(any_event(run, chance) for _ in range(40)))
    nodes, values = state_at(run, 40)
    assert nodes == live(run)
    assert values["nodes"] == Run.objects.get(pk=run).nodes


@pytest.mark.parametrize("seed", range(12))
def test_the_state_at_n_is_what_recording_the_first_n_entries_makes(seed: int) -> None:
    chance, whole, part = random.Random(seed), new_run(), new_run()
    cut = chance.randrange(1, 60)
    put_on_record(make_project(), *deliberation(whole, seed))
    put_on_record(make_project(), *deliberation(part, seed)[:cut])
    nodes, values = state_at(whole, cut)
    assert nodes == live(part)
    row = Run.objects.get(pk=part)
    for name in ("nodes", "discarded", "candidates", "failed", "orphans", "model_calls"):
        assert values[name] == getattr(row, name)
    micros = None if row.cost is None else int((row.cost * 10**6).to_integral_value())
    assert values.get("cost") == micros
    assert values.get("tokens") == add_known([row.input_tokens, row.output_tokens])
    assert bool(values["over"]) is (row.observed_state in FINAL or row.end_inferred)


def test_a_number_that_the_bones_do_not_hold_is_a_change_too() -> None:
    run = new_run()
    scores = [make_event(NodeScored, run, node="a", value=value) for value in (0.2, 0.7, 0.7)]
    put_on_record(make_project(), observed(run, "a"), *scores)
    (portion,) = portions(run)
    assert portion["nodes"]["seq"] == [1, 2, 3, 4]


def test_a_call_counts_until_the_report_that_takes_its_place_is_here() -> None:
    run = new_run()
    call: dict[str, Any] = {
        "node_kind": NodeKind.MODEL_CALL,
        "response_id": "r1",
        "started_at": 1_000,
        "ended_at": 2_000,
    }
    put_on_record(
        make_project(),
        observed(run, "a", instrumentation="one", usage=Usage(input=5), **call),
        observed(run, "b", instrumentation="two", usage=Usage(input=5, output=1), **call),
    )
    settle_responses()
    _, before = state_at(run, 1)
    nodes, after = state_at(run, 2)
    assert (before["tokens"], before["model_calls"]) == (5, 1)
    assert (after["tokens"], after["model_calls"]) == (6, 1)
    assert nodes == live(run)


def test_what_came_before_the_start_was_told_is_told_by_the_same_clock() -> None:
    run = new_run()
    note = make_event(NodeScored, run, node="a", value=0.5, at=NOW_NS)
    put_on_record(make_project(), note, make_event(RunStarted, run, at=NOW_NS + 2_000_000))
    (portion,) = portions(run)
    (origin,) = [value for value in portion["tracks"]["origin"]["value"] if value is not None]
    times = portion["entries"]["at"]
    assert [each - origin // 1000 for each in times[1:]] == [-2_000, 0]


def test_a_live_run_is_read_on_from_where_it_was() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, observed(run, "a"))
    assert state_at(run, 1)[1]["nodes"] == 1
    put_on_record(project, observed(run, "b", parent="a"))
    portion = orjson.loads(kept.get_changes(who=viewer(), run_id=run, after=1))
    assert (portion["seq"], portion["last"], portion["nodes"]["ordinal"]) == (2, 2, [2])


def test_a_run_that_is_over_is_read_again_when_something_is_said_of_it() -> None:
    run, project = new_run(), make_project()
    end = make_event(RunEnded, run, state=ObservedState.COMPLETED)
    put_on_record(project, observed(run, "a"), end)
    assert state_at(run, 2)[1]["over"] == 1
    put_on_record(project, make_event(NodeScored, run, node="a", value=1.0))
    nodes, _ = state_at(run, 3)
    assert nodes == live(run)
