"""Spans and log records of judges become verdicts on what they are about, in each convention."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.events import Event, FateDecided, NodeObserved, VerdictGiven
from deliberation.vocabulary import (
    DiscardReason,
    Fate,
    Independence,
    NodeKind,
    VerdictOutcome,
    VerifierKind,
)
from ingest.mapping import map_log, map_span
from ingest.mapping.verdicts import MAX_VERDICTS
from tests.unit.mapping.making import PARENT, RUN, SPAN, TRACE, make_log, make_span

OTHER_TRACE, OTHER_SPAN = "12" * 16, "34" * 8
RESULT = {
    "gen_ai.evaluation.name": "Relevance",
    "gen_ai.evaluation.score.value": 4.0,
    "gen_ai.evaluation.score.label": "relevant",
    "gen_ai.evaluation.explanation": "to the point",
}
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}


def told(attributes: dict[str, Any], **fields: Any) -> list[VerdictGiven]:
    return verdicts_in(map_span(make_span(attributes, **fields), RUN))


def verdicts_in(events: list[Event]) -> list[VerdictGiven]:
    return [event for event in events if isinstance(event, VerdictGiven)]


def in_short(verdict: VerdictGiven) -> tuple[str, str, str | None, float | None]:
    return verdict.verifier, verdict.outcome.value, verdict.label, verdict.score


def kind_of(events: list[Event]) -> NodeKind | None:
    return next(event.node_kind for event in events if isinstance(event, NodeObserved))


def test_it_works() -> None:
    event = {"name": "gen_ai.evaluation.result", "time": 7, "attributes": RESULT}
    [verdict] = told(CHAT, events=[event])
    assert in_short(verdict) == ("Relevance", "accept", "relevant", 4.0)
    assert (verdict.node, verdict.by_node, verdict.at) == (SPAN, None, 7)
    assert verdict.rationale == "to the point"


def test_an_evaluator_judges_its_parent_and_the_checking_is_in_it() -> None:
    said = {"openinference.span.kind": "EVALUATOR", "output.value": '{"score": 1, "label": "pass"}'}
    [verdict] = told(said, name="judge")
    assert in_short(verdict) == ("judge", "accept", "pass", 1.0)
    assert (verdict.node, verdict.by_node) == (PARENT, SPAN)


def test_an_evaluator_with_one_link_judges_what_it_links_to() -> None:
    said = {
        "openinference.span.kind": "EVALUATOR",
        "evaluations.0.evaluation.name": "hallucination",
        "evaluations.0.evaluation.label": "factual",
        "evaluations.0.evaluation.annotator_kind": "LLM",
    }
    links = [{"trace_id": TRACE, "span_id": OTHER_SPAN}]
    [near] = told(said, links=links)
    assert (near.node, near.trace, near.by_node) == (OTHER_SPAN, None, SPAN)
    [far] = told(said, links=[{"trace_id": OTHER_TRACE, "span_id": OTHER_SPAN}])
    assert (far.node, far.trace, far.verifier_kind) == (OTHER_SPAN, OTHER_TRACE, VerifierKind.LLM_JUDGE)  # fmt: skip
    [several] = told(said, links=links * 2)
    assert several.node == PARENT


def test_an_annotation_is_about_the_span_that_carries_it_and_told_once() -> None:
    one = {"name": "correctness", "label": "correct", "score": 1, "annotator_kind": "HUMAN"}
    said = {
        **CHAT,
        **{f"annotations.0.annotation.{name}": value for name, value in one.items()},
        **{f"evaluations.0.evaluation.{name}": value for name, value in one.items()},
        "annotations.1.annotation.name": "says nothing else",
        "session.annotations.0.annotation.name": "of no node",
        "session.annotations.0.annotation.label": "fine",
    }
    events = map_span(make_span(said), RUN)
    [verdict] = verdicts_in(events)
    assert in_short(verdict) == ("correctness", "accept", "correct", 1.0)
    assert (verdict.node, verdict.by_node) == (SPAN, None)
    assert (verdict.verifier_kind, verdict.independence) == (VerifierKind.HUMAN, Independence.HUMAN)
    assert kind_of(events) is NodeKind.MODEL_CALL


def test_a_threshold_beside_a_score_decides() -> None:
    said = {
        "annotations.0.annotation.name": "closeness",
        "annotations.0.annotation.score": 0.4,
        "annotations.0.annotation.metadata": '{"threshold": 0.5, "min": 0, "max": 1}',
    }
    [verdict] = told(said)
    assert verdict.outcome is VerdictOutcome.REJECT
    assert (verdict.threshold, verdict.scale_min, verdict.scale_max) == (0.5, 0.0, 1.0)


GUARDS: list[tuple[dict[str, Any], str, str, bool]] = [
    ({"gen_ai.guardrail.name": "pii", "gen_ai.guardrail.triggered": True}, "pii", "reject", True),
    ({"gen_ai.guardrail.name": "pii", "gen_ai.guardrail.triggered": False}, "pii", "accept", False),
    ({"gen_ai.guardrail.name": "short", "gen_ai.guardrail.status": "FAILED"}, "short", "reject", False),
    (
        {"gen_ai.guardrail.component.name": "shell", "gen_ai.guardrail.verdict.type": "deny",
         "gen_ai.guardrail.action.type": "block"},
        "shell", "reject", True,
    ),
    (
        {"gen_ai.guardrail.component.name": "shell", "gen_ai.guardrail.verdict.type": "deny",
         "gen_ai.guardrail.action.type": "warn"},
        "shell", "reject", False,
    ),
    ({"gen_ai.guardian.name": "dlp", "gen_ai.security.decision.type": "modify"}, "dlp", "unsure", False),
    ({"agt.policy.rule": "no mail", "agt.policy.action": "deny"}, "no mail", "reject", True),
    ({"policy.name": "p", "policy.decision": "ALLOW"}, "p", "accept", False),
    ({"validator_name": "json", "output.value": "fail"}, "json", "reject", False),
    ({"tripwire_triggered": True}, "work", "reject", True),
]  # fmt: skip


@pytest.mark.parametrize(("said", "verifier", "outcome", "has_blocked"), GUARDS)
def test_a_guard_judges_its_parent_and_discards_what_it_stops(
    said: dict[str, Any], verifier: str, outcome: str, has_blocked: bool
) -> None:
    events = map_span(make_span(said), RUN)
    [verdict] = verdicts_in(events)
    assert (verdict.verifier, verdict.outcome.value) == (verifier, outcome)
    assert (verdict.node, verdict.by_node) == (PARENT, SPAN)
    assert kind_of(events) is NodeKind.VERIFICATION
    fates = [event for event in events if isinstance(event, FateDecided)]
    assert len(fates) == has_blocked
    for fate in fates:
        assert (fate.node, fate.fate) == (PARENT, Fate.DISCARDED)
        assert (fate.reason, fate.by) == (DiscardReason.VERIFIER_REJECTED, verifier)
        assert fate.verdict == verdict.verdict


@pytest.mark.parametrize(
    "said",
    [
        {"retry.policy.action": "again"},
        {"network.security.status": "up"},
        {"name": "x", "triggered": True},
        {"gen_ai.guardrail.id": "abc"},
        {"assertions": "3", "scores": "[]", "labels": "{}"},
        {"evaluations.0.evaluation.name": 3},
        {"langfuse.score.name": "x"},
    ],
)
def test_what_only_looks_like_a_judge_is_none(said: dict[str, Any]) -> None:
    events = map_span(make_span(said), RUN)
    assert not verdicts_in(events)
    assert kind_of(events) is not NodeKind.VERIFICATION


def test_the_plain_words_of_a_guard_count_under_a_name_that_says_so() -> None:
    [verdict] = told({"name": "polite", "triggered": True}, name="Guardrail {name!r} {triggered=}")
    assert in_short(verdict) == ("polite", "reject", None, None)


def test_a_persons_feedback_stands_under_its_own_name() -> None:
    said = {
        "logfire.feedback.name": "helpful",
        "helpful": True,
        "logfire.feedback.comment": "great",
    }
    [verdict] = told(said)
    assert in_short(verdict) == ("helpful", "accept", "True", None)
    assert (verdict.verifier_kind, verdict.rationale) == (VerifierKind.HUMAN, "great")
    [stars] = told({"logfire.feedback.name": "stars", "stars": 4})
    assert in_short(stars) == ("stars", "unsure", None, 4.0)


def test_scores_are_one_by_fields_or_each_under_its_name() -> None:
    one = {"name": "ok", "value": 1, "data_type": "BOOLEAN", "source": "ANNOTATION", "comment": "c"}
    [verdict] = told({f"langfuse.score.{name}": value for name, value in one.items()})
    assert in_short(verdict) == ("ok", "accept", None, 1.0)
    assert (verdict.node, verdict.verifier_kind) == (SPAN, VerifierKind.HUMAN)
    several = told({"langfuse.score.style": 0.9, "langfuse.score.tone": "polite"})
    assert [in_short(each) for each in several] == [
        ("style", "unsure", None, 0.9),
        ("tone", "unsure", "polite", None),
    ]


def test_the_results_of_a_case_are_told_by_each_evaluator() -> None:
    def result(name: str, value: Any, source: str, reason: str | None = None) -> dict[str, Any]:
        return {name: {"name": name, "value": value, "reason": reason, "source": {"name": source}}}

    said = {
        "assertions": json.dumps(result("Right", False, "Right", "compared")),
        "scores": json.dumps(result("closeness", 0.75, "LLMJudge")),
        "labels": json.dumps(result("tone", "polite", "Close")),
    }
    right, close, tone = told(said)
    assert in_short(right) == ("Right", "reject", None, None)
    assert right.rationale == "compared"
    assert (in_short(close), close.verifier_kind) == (
        ("closeness", "unsure", None, 0.75), VerifierKind.LLM_JUDGE
    )  # fmt: skip
    assert in_short(tone) == ("tone", "unsure", "polite", None)


def test_a_checker_that_broke_says_nothing_of_its_subject() -> None:
    failed = {"evaluator_name": "Broken"}
    [verdict] = told(failed, status_code=2, name="evaluator: {evaluator_name}")
    assert (verdict.verifier, verdict.outcome) == ("Broken", VerdictOutcome.ERROR)
    assert (verdict.node, verdict.rationale) == (PARENT, None)
    [why] = told(failed, status_code=2, status_message="no model\nat line 3")
    assert why.rationale == "no model"


def test_a_log_record_judges_the_span_that_it_is_written_in() -> None:
    events = map_log(make_log(RESULT, event_name="gen_ai.evaluation.result", body="said"), RUN)
    [node] = [event for event in events if isinstance(event, NodeObserved)]
    [verdict] = verdicts_in(events)
    assert (node.parent, node.node_kind, node.name) == (SPAN, NodeKind.VERIFICATION, "Relevance")
    assert json.loads(node.attributes or "")["gen_ai.evaluation.score.value"] == 4.0
    assert (verdict.node, verdict.response) == (SPAN, None)


def test_a_log_record_outside_any_span_names_the_response() -> None:
    said = {**RESULT, "gen_ai.response.id": "resp_1"}
    events = map_log(make_log(said, trace_id=None, span_id=None), RUN)
    [node] = [event for event in events if isinstance(event, NodeObserved)]
    [verdict] = verdicts_in(events)
    assert (verdict.node, verdict.response, verdict.by_node) == (node.node, "resp_1", node.node)


def test_an_evaluator_may_name_the_response_in_an_event() -> None:
    said = {**RESULT, "gen_ai.response.id": "resp_1"}
    event = {"name": "gen_ai.evaluation.result", "time": 7, "attributes": said}
    [verdict] = told({"openinference.span.kind": "EVALUATOR"}, events=[event])
    assert (verdict.response, verdict.by_node) == ("resp_1", SPAN)
    [inside] = told(CHAT, events=[event])
    assert (inside.response, inside.node) == (None, SPAN)


def test_the_same_saying_in_an_event_and_in_a_log_is_one_fact() -> None:
    event = {"name": "gen_ai.evaluation.result", "time": 10**18, "attributes": RESULT}
    [inside] = told(CHAT, events=[event])
    [beside] = verdicts_in(map_log(make_log(RESULT, at=10**18 + 9_000), RUN))
    assert inside.key == beside.key
    twice = told(CHAT, events=[event, event])
    assert len({each.key for each in twice}) == 2


def test_what_azure_adds_is_the_judge_and_the_scale() -> None:
    beside = {
        "gen_ai.evaluation.threshold": "3.0", "gen_ai.evaluation.min_value": "1.0",
        "gen_ai.evaluation.max_value": "5.0", "gen_ai.evaluation.desirable_direction": "increase",
    }  # fmt: skip
    said = {
        "gen_ai.evaluation.name": "relevance",
        "gen_ai.evaluation.score.value": 4.0,
        "microsoft.gen_ai.evaluation.actor.type": "human",
        "internal_properties": json.dumps(beside),
    }
    [verdict] = verdicts_in(map_log(make_log(said), RUN))
    assert verdict.outcome is VerdictOutcome.ACCEPT
    assert (verdict.scale_min, verdict.scale_max, verdict.threshold) == (1.0, 5.0, 3.0)
    assert verdict.verifier_kind is VerifierKind.HUMAN


def test_our_own_attributes_speak_for_themselves() -> None:
    said = {
        "openinference.span.kind": "EVALUATOR",
        "output.value": "true",
        "deliberation.verdict": "reject",
    }
    [verdict] = told(said)
    assert verdict.outcome is VerdictOutcome.REJECT


def test_a_span_that_has_not_ended_says_nothing_yet() -> None:
    assert told({"gen_ai.guardrail.triggered": True}, ended_at=None) == []


def test_one_span_tells_so_many_verdicts_and_no_more() -> None:
    event = {"name": "gen_ai.evaluation.result", "time": 7, "attributes": RESULT}
    assert len(told(CHAT, events=[event] * 1000)) == MAX_VERDICTS


NAMES = [
    *RESULT, "gen_ai.response.id", "gen_ai.guardrail.triggered", "gen_ai.guardrail.name",
    "gen_ai.guardrail.status", "annotations.0.annotation.name", "annotations.0.annotation.score",
    "annotations.0.annotation.label", "evaluations.9.evaluation.metadata", "langfuse.score.name",
    "langfuse.score.value", "langfuse.score.x", "logfire.feedback.name", "evaluator_name", "x",
    "assertions", "scores", "labels", "openinference.span.kind", "output.value", "error.type",
    "internal_properties", "name", "triggered", "validator_name", "policy.decision",
]  # fmt: skip
SAID = st.sampled_from(
    [
        "EVALUATOR",
        "GUARDRAIL",
        "x",
        "",
        "\0",
        "\ud800",
        "{",
        '{"a": {"value": [1]}}',
        "[[]]",
        "pass",
    ]
)
VALUES = SAID | st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.lists(SAID)  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_attributes_are_read_and_stay(attributes: dict[str, Any]) -> None:
    event = {"name": "gen_ai.evaluation.result", "attributes": attributes}
    for events in (
        map_span(make_span(attributes, events=[event], name="eval"), RUN),
        map_log(make_log(attributes), RUN),
    ):
        for verdict in verdicts_in(events):
            assert verdict.verifier
        keys = [each.key for each in events]
        assert len(keys) == len(set(keys))
        assert max(map(len, keys)) <= 64
