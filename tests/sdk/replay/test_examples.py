"""Each example repeats itself exactly, and comes to something else where it is to do something else."""

from __future__ import annotations

import json

import pytest

import agent
import beam_search
import best_of_n
import deliberation as dl
import mcts
from deliberation.vocabulary import Dimension, Limit
from tests.sdk.replay.repeating import answer_of, keys, of

EXAMPLES = {
    "beam": (beam_search, {"numbers": [1, 2, 4, 7]}),
    "mcts": (mcts, {"numbers": [1, 5, 9, 9], "seed": 5, "iterations": 60}),
    "best_of_n": (best_of_n, {"seed": 3, "samples": 8}),
    "agent": (agent, {"seed": 1}),
}


@pytest.fixture(params=EXAMPLES)
def example(request, tmp_path):
    module, given = EXAMPLES[request.param]
    if module is agent:
        given = {**given, "outbox": str(tmp_path / "outbox")}
    return module.solve, given


def tree(events):
    """What was tried, and what became of it; nodes by their place."""
    started = of(events, "node.started")
    place = {event.node: at for at, event in enumerate(started)}
    nodes = [(place.get(e.parent), e.node_kind, e.name, e.text, e.input) for e in started]
    fates = [(place[e.node], e.fate, e.reason, e.value) for e in of(events, "fate.decided")]
    ends = [(place[e.node], e.output, e.status) for e in of(events, "node.ended")]
    return nodes, fates, ends


def test_it_works(stage, server, example, tmp_path):
    solve, given = example
    server.decide_all("approve")
    recorded = stage.play(solve, **given)
    (started,) = of(recorded, "run.started")
    assert started.entry_point == f"{solve.__module__}:solve"
    assert started.code_digest.startswith("sha256:")
    assert given.items() <= json.loads(started.parameters).items()
    assert keys(recorded)
    for _ in range(2):
        events = stage.repeat(solve, recorded, given=json.loads(started.parameters))
        assert stage.stopped is None
        assert keys(events) == keys(recorded)
        assert len(set(keys(events))) == len(keys(events))
        assert answer_of(events) == answer_of(recorded)
        assert tree(events) == tree(recorded)
        assert not of(events, "replay.diverged")
        (counted,) = of(events, "replay.ended")
        assert (counted.calls_recorded, counted.calls_live) == (len(keys(recorded)), 0)
    outbox = tmp_path / "outbox"
    assert not outbox.exists() or len(list(outbox.iterdir())) == 1


def middle_of(events, kind):
    found = [e.node for e in of(events, "node.started") if e.node_kind == kind]
    return found[len(found) // 2]


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("beam", "expansion", {"overrides": {"width": 2}}),
        ("beam", "expansion", {"limits": {Dimension.DEPTH: Limit(hard=2)}}),
        ("best_of_n", "sample", {"overrides": {"n": 5}}),
        ("best_of_n", "sample", {"limits": {Dimension.MODEL_CALLS: Limit(hard=10)}}),
        ("mcts", "rollout", {"overrides": {"seed": 6}}),
    ],
)
def test_a_fork_that_is_to_do_less_or_otherwise_has_another_tree(stage, name, kind, told):
    module, given = EXAMPLES[name]
    recorded = stage.play(module.solve, **given)
    node = middle_of(recorded, kind)
    told = {**told, "replacing": frozenset(told.get("limits", ()))}
    events = stage.repeat(module.solve, recorded, "fork", from_node=node, given=given, **told)
    assert tree(events) != tree(recorded)
    assert [e.run for e in events] != [e.run for e in recorded]
    prefix = of(events, "replay.ended")[0].calls_recorded
    assert prefix
    assert keys(events)[:prefix] == keys(recorded)[:prefix]
    assert (stage.stopped is None) is ("overrides" in told)


@pytest.mark.parametrize("mode", ["recorded", "fork", "live"])
def test_a_mail_of_the_agent_that_was_refused_stays_unsent(stage, server, tmp_path, mode):
    server.decide_all("reject")
    outbox = tmp_path / "outbox"
    given = {"seed": 1, "outbox": str(outbox)}
    recorded = stage.play(agent.solve, **given)
    mail = next(e for e in of(recorded, "node.started") if e.tool == "send_email")
    told = {"from_node": mail.parent} if mode == "fork" else {}
    events = stage.repeat(agent.solve, recorded, mode, given=given, **told)
    assert of(events, "run.ended")[0].stop_reason == "the mail was not approved"
    assert answer_of(events) == answer_of(recorded)
    assert not outbox.exists()
    asked = [e.tool for e in of(events, "node.started") if e.tool == "send_email"]
    assert asked == ["send_email"]
    assert not isinstance(stage.stopped, dl.Stopped)
