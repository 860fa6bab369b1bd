"""What is right of many runs' samples is concluded in SQL as it is of one run: the two are held together here."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberation.events import CandidateProposed, FateDecided, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    DiscardReason,
    Fate,
    NodeKind,
    Usage,
    VerdictOutcome,
    VerifierKind,
)
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import make_project
from traces.queries.judged_samples import list_judges, read_samples
from traces.queries.known_right import read_outcomes

JUDGES = {"tests": VerifierKind.UNIT_TEST, "model": VerifierKind.LLM_JUDGE, "key": VerifierKind.ORM}
samples = st.lists(
    st.fixed_dictionaries(
        {
            "answer": st.sampled_from(["a", "b", None]),
            "normalised": st.sampled_from(["x", "y", None]),
            "correct": st.sampled_from([True, False, None, None]),
            "wrongly": st.sampled_from([True, False, None, None, None]),
            "verdicts": st.lists(
                st.tuples(
                    st.sampled_from(sorted(JUDGES)),
                    st.sampled_from(
                        [VerdictOutcome.ACCEPT, VerdictOutcome.REJECT, VerdictOutcome.UNSURE]
                    ),
                    st.booleans(),
                ),
                max_size=3,
            ),
        }
    ),
    min_size=1,
    max_size=6,
)


def record(told: list[dict[str, Any]]) -> str:
    run = new_run()
    events: list[Any] = [make_event(RunStarted, run)]
    for at, each in enumerate(told):
        node = f"s{at}"
        events.append(observed(run, node, node_kind=NodeKind.SAMPLE))
        normaliser = "n@1" if each["normalised"] else None
        events.append(
            make_event(
                CandidateProposed,
                run,
                node=node,
                answer=each["answer"],
                normalised=each["normalised"],
                normaliser=normaliser,
                correct=each["correct"],
            )
        )
        if each["wrongly"] is not None:
            reason = DiscardReason.OUTVOTED
            events.append(
                make_event(
                    FateDecided,
                    run,
                    node=node,
                    fate=Fate.DISCARDED,
                    reason=reason,
                    wrongly=each["wrongly"],
                )
            )
        for verifier, outcome, saw in each["verdicts"]:
            events.append(
                make_event(
                    VerdictGiven,
                    run,
                    node=node,
                    verifier=verifier,
                    verifier_kind=JUDGES[verifier],
                    outcome=outcome,
                    saw_reference=saw,
                    score=float(at),
                )
            )
    put_on_record(make_project(), *events)
    return run


def counted(run: str) -> dict[bool | None, int]:
    found: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    for each in read_samples([uuid.UUID(run)], judge="tests")[uuid.UUID(run)]:
        found[each.is_right] += each.count
    return found


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=samples)
def test_it_works(db: None, told: list[dict[str, Any]]) -> None:
    run = record(told)
    one = read_outcomes(uuid.UUID(run))
    nodes = {f"s{at}" for at in range(len(told))}
    right, wrong = len(nodes & one.right.keys()), len(nodes & one.wrong)
    assert counted(run) == {True: right, False: wrong, None: len(nodes) - right - wrong}


def test_alike_samples_are_one_row_and_judges_are_told_by_how_much_they_scored(db: None) -> None:
    told = {"answer": "a", "normalised": None, "correct": True, "wrongly": None, "verdicts": []}
    other = told | {"verdicts": [("model", VerdictOutcome.ACCEPT, False)]}
    runs = [uuid.UUID(record([told, told, other])), uuid.UUID(record([other]))]
    rows = read_samples(runs, judge="model")
    assert sorted(each.count for each in rows[runs[0]]) == [1, 2]
    assert {each.score for each in rows[runs[0]]} == {None, 2.0}
    assert list_judges(runs) == ["model"]
    assert read_samples([], judge=None) == {}
    assert list_judges([]) == []


def test_samples_that_a_recording_answered_are_samples_and_told_twice_are_one(db: None) -> None:
    run = new_run()
    spent = {"node_kind": NodeKind.MODEL_CALL, "usage": Usage(input=1, output=1)}
    put_on_record(
        make_project(),
        observed(run, "replayed", recorded_seq=3, **spent),
        observed(run, "outer", instrumentation="i", **spent),
        observed(run, "inner", parent="outer", instrumentation="i", **spent),
        *(
            event
            for call in ("replayed", "outer", "inner")
            for event in (
                observed(run, f"{call}.0", parent=call, node_kind=NodeKind.SAMPLE),
                make_event(CandidateProposed, run, node=f"{call}.0", answer=call, correct=True),
            )
        ),
    )
    assert counted(run) == {True: 2, False: 0, None: 0}
