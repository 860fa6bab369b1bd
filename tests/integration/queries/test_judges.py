"""Who judged, where nobody says it: the calls under a check tell, whatever came first."""

from __future__ import annotations

import random
from typing import Any

import pytest

from deliberation.events import AnswerSelected, Event, VerdictGiven
from deliberation.vocabulary import Independence, NodeKind, VerdictOutcome, VerifierKind
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from tests.integration.otlp import CHILD, OTHER, ROOT, TRACE, send, span, traces
from tests.integration.pages.test_pages import client_of
from tests.people import People
from traces.models import Run
from traces.queries.access import NotVisible, Viewer
from traces.queries.judged import list_concluded, list_judged
from traces.queries.node import get_node
from traces.queries.verdict_header import get_header
from traces.queries.verdicts import VerdictRow

pytestmark = pytest.mark.django_db


def who() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def call(run: str, node: str, parent: str, model: str, provider: str | None = None) -> Event:
    kind = NodeKind.MODEL_CALL
    return observed(run, node, parent=parent, node_kind=kind, model=model, provider=provider)


def judged(run: str, **facts: Any) -> list[Event]:
    said = {"verifier": "judge", "outcome": VerdictOutcome.ACCEPT, "by_node": "check", **facts}
    return [
        observed(run, "root", node_kind=NodeKind.AGENT, name="root"),
        call(run, "answer", "root", "gpt-4o", "openai"),
        observed(run, "check", parent="root", node_kind=NodeKind.VERIFICATION, name="check it"),
        make_event(VerdictGiven, run, **{"node": "root", **said}),
    ]


def only(run: str) -> VerdictRow:
    [row] = list_concluded(who=who(), run_id=run).items
    return row


def concluded(row: VerdictRow) -> tuple[str | None, str | None, tuple[str, ...]]:
    return row.verifier_kind, row.independence, row.inferred


@pytest.mark.parametrize(
    ("model", "provider", "expected"),
    [
        ("gpt-4o-2024-08-06", "openai", "same_model"),
        ("gpt-4o-mini", "openai", "same_family"),
        ("claude-opus-4-1", "anthropic", "other_model"),
    ],
)
def test_it_works(model: str, provider: str, expected: str) -> None:
    both = ("verifier_kind", "independence")
    for seed in range(3):
        run = new_run()
        events = [*judged(run), call(run, "asked", "check", model, provider)]
        random.Random(seed).shuffle(events)
        put_on_record(make_project(), *events)
        assert concluded(only(run)) == ("llm_judge", expected, both)
        [shown] = get_node(who=who(), run_id=run, node_id="root").verdicts
        assert shown.independence == expected
        [gave] = get_node(who=who(), run_id=run, node_id="check").gave
        assert gave.node_id == "root"


def test_what_is_stated_stands() -> None:
    run = new_run()
    stated = {"verifier_kind": VerifierKind.ORM, "independence": Independence.DETERMINISTIC}
    put_on_record(make_project(), *judged(run, **stated), call(run, "a", "check", "gpt-4o"))
    assert concluded(only(run)) == ("orm", "deterministic", ())


def test_where_no_model_was_called_nothing_is_concluded() -> None:
    run = new_run()
    put_on_record(make_project(), *judged(run))
    assert concluded(only(run)) == (None, None, ())


def test_a_page_names_the_nodes_and_the_header_what_was_said_of_the_root() -> None:
    run = new_run()
    put_on_record(make_project(), *judged(run, label="fine", node="answer"), *judged(run))
    page = list_judged(who=who(), run_id=run)
    nodes = [(each.node and each.node.node_id, each.by_node and each.by_node.name) for each in page.items]  # fmt: skip
    assert nodes == [("root", "check it"), ("answer", "check it")]
    assert [each.name for each in get_header(who=who(), run_id=run).checkers] == ["judge"]
    put_on_record(make_project(), make_event(AnswerSelected, run, node="answer"))
    [checker] = get_header(who=who(), run_id=run).checkers
    assert checker.label == "fine"


def test_what_a_run_says_of_others_is_told_in_it() -> None:
    kind = {"openinference.span.kind": "EVALUATOR", "output.value": "true"}
    far = "ee" * 16
    send(make_project(), traces(span(OTHER, traceId=far, attributes=kind, links=[(TRACE, CHILD)])))
    run = Run.objects.get(trace_id=far)
    [told] = list_judged(who=who(), run_id=run.pk).elsewhere
    assert (told.trace_id, told.run) == (TRACE, None)
    send(make_project(), traces(span(ROOT), span(CHILD, ROOT)))
    [told] = list_judged(who=who(), run_id=run.pk).elsewhere
    judged_run = Run.objects.get(trace_id=TRACE)
    assert (told.run, told.node_id) == (judged_run.pk, CHILD)
    [there] = list_judged(who=who(), run_id=judged_run.pk).items
    assert there.told_in == run.pk


def test_nobody_else_is_shown_them() -> None:
    run = new_run()
    put_on_record(make_project(), *judged(run))
    with pytest.raises(NotVisible):
        list_judged(who=Viewer(project_ids=frozenset()), run_id=run)


def test_the_page_goes_on_with_older_ones_and_shows_texts_as_texts(people: People) -> None:
    run = new_run()
    hostile = "<script>alert(1)</script>\u202eabc"
    many = [
        make_event(VerdictGiven, run, node="root", verifier=f"v{n}", outcome=VerdictOutcome.UNSURE,
                   rationale=hostile, label=hostile)
        for n in range(60)
    ]  # fmt: skip
    put_on_record(people.project, *judged(run), *many)
    bob = client_of(people, "bob")
    first = bob.get(f"/runs/{run}/verdicts").text
    assert "v59" in first
    assert ">v5<" not in first
    assert "<script>alert" not in first
    assert "\u202e" not in first
    cursor = first.partition("?cursor=")[2].partition('"')[0]
    assert ">v5<" in bob.get(f"/runs/{run}/verdicts", {"cursor": cursor}).text
    alone = bob.get(f"/runs/{run}/verdicts", headers={"HX-Request": "true"}).text
    assert alone.strip().startswith("<section")
    assert client_of(people, "charlie").get(f"/runs/{run}/verdicts").status_code == 404
