"""What a program does with the scopes is what the server hears."""

from __future__ import annotations

import contextvars
import threading
from decimal import Decimal

import pytest

import deliberation as dl
from deliberation.client import begin_run


def test_it_works(client, server):
    server.decide_all("approve")
    with begin_run(client, "6 * 7", strategy="best_of_n", budget=dl.Budget(usd="0.50")) as run:
        for rank in range(2):
            with run.node("sample", rank=rank) as sample:
                with run.model_call(model="m", provider="p", input="6 * 7 = ?") as call:
                    usage = dl.Usage(input=9, output=2)
                    call.finish(output="42", usage=usage, cost="0.001", finish_reason="stop")
                sample.candidate(answer="42", cluster="42")
            sample.verdict("unit_test", outcome="accept", score=1, verifier="pytest@8")
        with run.tool("send", arguments={"to": "alice"}, side_effect="irreversible") as tool:
            tool.finish(result={"sent": True})
        run.finish(selected=sample, rule="best_of_n", confidence=0.9)
    kinds = [event.KIND for event in server.events]
    assert kinds[0] == "run.started"
    assert kinds[-2:] == ["answer.selected", "run.ended"]
    assert kinds.count("node.started") == kinds.count("node.ended") == 5
    assert client.stats().accepted == client.stats().made == len(kinds)


def test_a_run_says_how_it_means_to_go_about_it(client, server):
    with begin_run(
        client,
        {"q": 1},
        strategy=dl.Strategy.BEAM,
        models=("a", "b"),
        tags="x",
        session="s",
        params=[5],
    ):
        pass
    (started,) = server.of("run.started")
    assert started.task == '{"q": 1}'
    assert started.strategy is dl.Strategy.BEAM
    assert (started.models, started.tags, started.session_id) == (["a", "b"], ["x"], "s")
    assert started.strategy_params == "[5]"
    assert started.key == f"{started.producer}:0"


def test_nodes_nest_by_where_the_program_is(client, server):
    with begin_run(client, "q") as run:
        with run.node("agent") as agent, run.node("thought") as thought, run.tool("search") as tool:
            pass
        with run.node("step") as step:
            pass
    parents = {event.node: event.parent for event in server.of("node.started")}
    assert parents == {agent.id: None, thought.id: agent.id, tool.id: thought.id, step.id: None}


def test_a_node_hangs_where_it_is_told_to(client, server):
    with begin_run(client, "q") as run, run.node("sample") as first, run.node("sample") as second:
        third = run.node("thought", parent=first).start()
        fourth = second.node("thought").start()
    parents = {event.node: event.parent for event in server.of("node.started")}
    assert (parents[third.id], parents[fourth.id]) == (first.id, second.id)


def test_a_thread_with_a_copied_context_nests(client, server):
    with begin_run(client, "q") as run, run.node("agent") as agent:
        context = contextvars.copy_context()
        work = threading.Thread(target=context.run, args=[lambda: run.node("thought").start()])
        work.start()
        work.join()
        bare = threading.Thread(target=lambda: run.node("step").start())
        bare.start()
        bare.join()
    parents = {event.node_kind.value: event.parent for event in server.of("node.started")}
    assert parents == {"agent": None, "thought": agent.id, "step": None}


def test_runs_within_runs_do_not_share_nodes(client, server):
    with begin_run(client, "outer") as outer, outer.node("agent"):  # noqa: SIM117
        with begin_run(client, "in") as inner, inner.node("thought") as thought:
            assert dl.current() is thought
    started = {event.node: event for event in server.of("node.started")}
    assert started[thought.id].parent is None
    assert started[thought.id].run == inner.id


def test_a_model_call_carries_usage_and_money(client, server):
    with begin_run(client, "q") as run, run.model_call(model="m", input=[{"role": "user"}]) as call:
        usage = dl.Usage(input=812, output=96, reasoning=410)
        call.finish(output="o", usage=usage, cost=dl.Cost(amount=Decimal("0.1")), reasoning="r")
    (started,), (ended,) = server.of("node.started"), server.of("node.ended")
    assert (started.model, started.input) == ("m", '[{"role": "user"}]')
    assert ended.usage == usage
    assert ended.cost.provenance is dl.CostProvenance.REPORTED
    assert ended.cost.amount == Decimal("0.1")
    assert (ended.reasoning, ended.cost_basis.value) == ("r", "measured")


def test_the_event_with_the_tokens_can_be_priced_by_itself(client, server):
    usage = dl.Usage(input=812, output=96)
    with begin_run(client, "q") as run:
        with run.model_call(model="m", provider="p") as call:
            call.finish(output="o", usage=usage)
        with run.model_call(model="m", provider="p") as call:
            call.finish(output="o", usage=usage, model="m-2026-01-01")
    said = [(event.model, event.provider) for event in server.of("node.ended")]
    assert said == [("m", "p"), ("m-2026-01-01", "p")]


def test_what_is_not_known_is_not_said(client, server):
    with begin_run(client, "q") as run, run.model_call(model="m") as call:
        call.finish(output="o")
    (ended,) = server.of("node.ended")
    assert (ended.usage, ended.cost, ended.cost_basis) == (None, None, None)


def test_judgements_carry_their_numbers_and_their_authors(client, server):
    with begin_run(client, "q") as run:
        node = run.node("expansion", text="4 * 6", depth=1)
        node.score(value=0.5, visits=3, prior=0.1, scale=(0, 1), scorer="h@1")
        verdict = node.verdict("prm", "reject", score=0.2, scale=(0, 1), threshold=0.5)
        node.discard("verifier_rejected", by="prm", value=0.2, cutoff=0.5, verdict=verdict)
        node.keep(by="beam", rank=2)
    (score,), (given,) = server.of("node.scored"), server.of("verdict.given")
    assert (score.value, score.scale_min, score.scale_max, score.visits) == (0.5, 0.0, 1.0, 3)
    assert (given.verifier, given.version, given.verdict) == ("prm", None, verdict.id)
    discarded, kept = server.of("fate.decided")
    assert (discarded.reason.value, discarded.cutoff, discarded.verdict) == (
        "verifier_rejected",
        0.5,
        verdict.id,
    )
    assert (kept.fate.value, kept.rank) == ("kept", 2)
    assert [event.KIND for event in server.events][1] == "node.started"


def test_selecting_a_node_marks_the_path_to_it_and_is_said_once(client, server):
    with begin_run(client, "q") as run, run.node("expansion") as above:
        with run.node("expansion") as best, run.node("expansion") as other:
            best.candidate(answer=42)
        run.select(best, rule="argmax", margin=2, margin_unit="votes", runner_up=other)
        run.finish(selected=best)
    (selected,) = server.of("answer.selected")
    assert (selected.node, selected.runner_up, selected.margin) == (best.id, other.id, 2.0)
    (path,) = server.of("fate.decided")
    assert (path.node, path.fate, path.by) == (above.id, dl.Fate.SELECTED, "argmax")
    (ended,) = server.of("run.ended")
    assert ended.answer == "42"


def test_an_exception_is_noted_and_goes_on_untouched(client, server):
    error = ValueError("no such receipt")
    with pytest.raises(ValueError, match="no such receipt") as caught:  # noqa: PT012, SIM117
        with begin_run(client, "q") as run:
            with run.tool("search"):
                raise error
    assert caught.value is error
    (node,), (run_ended,) = server.of("node.ended"), server.of("run.ended")
    assert node.status.value == "error"
    assert "ValueError: no such receipt" in node.error
    assert (run_ended.state.value, run_ended.stop_reason) == ("failed", "ValueError")


@pytest.mark.parametrize(
    ("error", "state"),
    [(KeyboardInterrupt(), "cancelled"), (SystemExit(0), "completed"), (SystemExit(3), "failed")],
)
def test_leaving_from_outside_is_no_failure(client, server, error, state):
    with pytest.raises(type(error)), begin_run(client, "q") as run, run.node("step"):
        raise error
    assert server.of("run.ended")[0].state.value == state
    assert server.of("node.ended")[0].status.value == "cancelled"


def test_a_retry_points_at_what_failed(client, server):
    with begin_run(client, "q") as run:
        with run.tool("read") as first:
            first.finish(error="not found")
        with run.tool("read", retries=first) as second:
            pass
    (edge,) = server.of("edge.drawn")
    assert (edge.edge.value, edge.source, edge.target) == ("retries", second.id, first.id)
    assert server.of("node.ended")[0].status.value == "error"


def test_keys_are_numbered_without_a_gap(client, server):
    with begin_run(client, "q") as run:
        for _ in range(20):
            run.node("step").end()
    producers = {event.key.rpartition(":")[0] for event in server.events}
    numbers = sorted(int(event.key.rpartition(":")[2]) for event in server.events)
    assert len(producers) == 1
    assert numbers == list(range(42))


def test_a_node_is_seen_while_it_runs(client, server):
    with begin_run(client, "q") as run, run.node("thought"):
        client.flush(30)
        assert len(server.of("node.started")) == 1
        assert not server.of("node.ended")


def test_the_newest_head_and_commands_are_there_to_be_looked_at(client, server):
    with begin_run(client, "q") as run:
        client.flush(30)
        server.steer(run, "look left")
        run.node("step").end()
        client.flush(30)
        assert run.head.startswith(f"{run.id} 3 ")
        assert [each["kind"] for each in run.checkpoint().commands] == ["steer"]
