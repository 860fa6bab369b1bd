"""The state at n by the changes is what a rebuild makes of the entries 0 to n."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from deliberation.events import Event, VerdictGiven
from deliberation.vocabulary import VerdictOutcome
from tests.integration.build import NOW_NS, make_event, make_project, new_run, put_on_record
from tests.integration.test_rebuild import any_event
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
        start, origin = node["start"], values["origin"]
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
