"""Verdicts of others, from bodies to rows: in any order, once, and in the ledger of the run that is judged."""

from __future__ import annotations

import json
import random
from itertools import permutations
from typing import Any

import pytest

from ingest.process import drain_once
from tests.integration.build import NOW_NS, SECOND, make_project
from tests.integration.corpus.replay import told
from tests.integration.otlp import CHILD, OTHER, ROOT, TRACE, log, logs, send, span, traces
from tests.unit.wire.recordings import Recorded
from traces.actions.place_verdicts import place_verdicts
from traces.actions.rebuild import rebuild
from traces.models import DistantVerdict, LedgerEntry, Node, Project, Run, Verdict

pytestmark = pytest.mark.django_db

ELSEWHERE = "ee" * 16
CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.id": "resp_1",
}
EVALUATOR = {
    "openinference.span.kind": "EVALUATOR",
    "output.value": '{"score": 1, "label": "pass"}',
}
GUARD = {"gen_ai.guardrail.name": "pii", "gen_ai.guardrail.triggered": True}


def result(name: str, label: str, **more: Any) -> dict[str, Any]:
    return {"gen_ai.evaluation.name": name, "gen_ai.evaluation.score.label": label, **more}


def answered() -> Recorded:
    return traces(
        span(ROOT, attributes={"openinference.span.kind": "AGENT"}),
        span(CHILD, ROOT, attributes=CHAT),
    )


def judged_elsewhere() -> Recorded:
    return traces(
        span(OTHER, traceId=ELSEWHERE, attributes=EVALUATOR, name="judge", links=[(TRACE, CHILD)])
    )


def judged_by_response() -> Recorded:
    said = result("helpful", "fail", **{"gen_ai.response.id": "resp_1"})
    return logs(log("thumbs down", attributes=said), service="judges")


def run_of(project: Project, trace: str = TRACE) -> Run:
    return Run.objects.get(project=project, trace_id=trace)


def on(run: Run) -> list[tuple[str, str, str]]:
    rows = Verdict.objects.filter(run_id=run.pk).order_by("verifier", "outcome")
    return [(row.verifier, row.outcome, row.node_id) for row in rows]


def rows(run: Run) -> list[dict[str, Any]]:
    return [
        row
        for table in (Node, Verdict, DistantVerdict)
        for row in table.objects.filter(run_id=run.pk).order_by("pk").values()
    ] + list(Run.objects.filter(pk=run.pk).values())


def rebuild_changes_nothing(run: Run) -> bool:
    before = rows(run)
    rebuild(run_id=run.pk)
    return rows(run) == before


def test_it_works() -> None:
    project = make_project()
    checks = traces(
        span(OTHER, CHILD, attributes=EVALUATOR, name="judge"),
        span("dd" * 8, ROOT, attributes=GUARD),
    )
    send(project, answered(), checks)
    run = run_of(project)
    assert on(run) == [("judge", "accept", CHILD), ("pii", "reject", ROOT)]
    assert (run.verdicts, run.discarded) == (2, 1)
    root = Node.objects.get(run_id=run.pk, node_id=ROOT)
    assert (root.fate, root.fate_reason, root.fate_by) == ("discarded", "verifier_rejected", "pii")
    assert root.verdict == "reject"
    assert rebuild_changes_nothing(run)


def test_verdicts_come_to_the_same_in_any_order() -> None:
    bodies = [
        answered(),
        traces(span(OTHER, CHILD, attributes=EVALUATOR, name="judge")),
        traces(span("dd" * 8, ROOT, attributes=GUARD)),
        logs(log("", traceId=TRACE, spanId=CHILD, attributes=result("judge", "fail"), at=NOW_NS)),
        logs(log("", traceId=TRACE, spanId=CHILD, attributes=result("tone", "polite"), at=NOW_NS)),
    ]
    seen = []
    for number, order in enumerate([*permutations(bodies)][::11]):
        project = make_project(f"order-{number}")
        send(project, *order, *order[:2])
        seen.append(told(project))
    assert all(each == seen[0] for each in seen)
    [node] = Node.objects.filter(node_id=CHILD, run_id=run_of(make_project("order-0")).pk)
    assert node.verdict == "accept"  # the evaluator ended last


def test_a_saying_told_by_a_span_and_by_a_log_is_one_verdict() -> None:
    project = make_project()
    said = result("correctness", "true")
    inside = span(ROOT, attributes=CHAT, events=[("gen_ai.evaluation.result", said)])
    beside = log("", traceId=TRACE, spanId=ROOT, attributes=said, at=NOW_NS + SECOND + 900)
    send(project, traces(inside), logs(beside))
    assert on(run_of(project)) == [("correctness", "accept", ROOT)]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_verdict_on_another_trace_is_told_there(is_first: bool) -> None:
    project = make_project()
    bodies = [judged_elsewhere(), answered()]
    send(project, *(bodies if is_first else bodies[::-1]))
    judged, telling = run_of(project), run_of(project, ELSEWHERE)
    assert on(judged) == [("judge", "accept", CHILD)]
    assert (judged.verdicts, telling.verdicts) == (1, 0)
    [row] = Verdict.objects.all()
    [waited] = DistantVerdict.objects.all()
    assert row.told_in == f"{telling.pk}:{waited.seq}"
    assert (waited.placed_in, waited.placed_node) == (judged.pk, CHILD)
    assert Node.objects.get(run_id=judged.pk, node_id=CHILD).verdict == "accept"
    assert not Node.objects.filter(run_id=telling.pk, node_id=CHILD).exists()
    assert rebuild_changes_nothing(judged)
    assert rebuild_changes_nothing(telling)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_verdict_on_a_response_is_told_at_its_call(is_first: bool) -> None:
    project = make_project()
    bodies = [judged_by_response(), answered()]
    send(project, *(bodies if is_first else bodies[::-1]))
    judged = run_of(project)
    assert on(judged) == [("helpful", "reject", CHILD)]
    assert Run.objects.exclude(pk=judged.pk).get(project=project).verdicts == 0
    assert rebuild_changes_nothing(judged)


def test_an_evaluator_in_the_same_trace_may_name_the_response() -> None:
    project = make_project()
    said = result("judge", "pass", **{"gen_ai.response.id": "resp_1"})
    kind = {"openinference.span.kind": "EVALUATOR"}
    judge = span(OTHER, ROOT, attributes=kind, events=[("gen_ai.evaluation.result", said)])
    send(project, traces(judge), answered())
    [row] = Verdict.objects.filter(run_id=run_of(project).pk)
    assert (row.node_id, row.by_node, row.told_in) == (CHILD, OTHER, None)


def test_it_is_told_once_however_often_it_is_looked_for() -> None:
    project = make_project()
    send(project, judged_elsewhere(), answered(), judged_elsewhere())
    DistantVerdict.objects.update(placed_in=None, placed_node=None)  # as after a death
    assert place_verdicts(now_ns=NOW_NS, randbytes=random.Random(1).randbytes) == ()
    assert Verdict.objects.count() == 1
    assert DistantVerdict.objects.get().placed_node == CHILD


def test_what_never_comes_is_waited_for_and_makes_no_run() -> None:
    project = make_project()
    send(project, judged_elsewhere())
    assert not Verdict.objects.exists()
    assert DistantVerdict.objects.get().placed_in is None
    assert not Run.objects.filter(trace_id=TRACE).exists()


def test_a_verdict_finds_no_run_of_another_project() -> None:
    ours, theirs = make_project(), make_project("theirs")
    send(theirs, answered())
    send(ours, judged_elsewhere(), judged_by_response())
    assert not Verdict.objects.exists()
    assert run_of(theirs).verdicts == 0


def test_a_response_that_two_report_is_judged_at_the_call_that_counts() -> None:
    project = make_project()
    usage = {"gen_ai.usage.input_tokens": 5}
    twin = span(OTHER, ROOT, attributes={**CHAT, **usage}, startTimeUnixNano=str(NOW_NS + 5))
    scoped = {"resource": {}, "scopeSpans": [{"scope": {"name": "other"}, "spans": [twin]}]}
    text = json.dumps({"resourceSpans": [scoped]}).encode()
    body = Recorded("made", "traces", "json", text)
    send(project, answered(), body, judged_by_response())
    [row] = Verdict.objects.filter(run_id=run_of(project).pk)
    assert row.node_id == OTHER
    assert Node.objects.get(node_id=CHILD).twin_of is not None


def test_a_verdict_whose_entry_is_gone_stops_nothing() -> None:
    project = make_project()
    send(project, judged_elsewhere())
    LedgerEntry.objects.filter(run_id=DistantVerdict.objects.get().run_id).delete()
    send(project, answered())
    assert not DistantVerdict.objects.exists()
    assert not drain_once(now_ns=NOW_NS, randbytes=random.Random(1).randbytes)
    assert on(run_of(project)) == []
