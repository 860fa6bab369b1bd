"""The 24 questions, asked of recordings, of a public log, and of a run in which everything happened."""

from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from deliberation.disclosure.questions import Answer, Question, Source, Status
from deliberation.events import (
    AnswerSelected,
    ApprovalClosed,
    ApprovalDecided,
    ApprovalRequested,
    BudgetHit,
    BudgetSet,
    CandidateProposed,
    CommandIssued,
    CommandStaged,
    FateDecided,
    GapReported,
    NoteWritten,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    ActorKind,
    ApprovalStatus,
    BudgetSource,
    CommandKind,
    CommandStage,
    Decision,
    DiscardReason,
    Fate,
    Independence,
    LimitKind,
    NodeKind,
    ObservedState,
    OnHit,
    RedactionRule,
    SideEffect,
    SpendBasis,
    Strategy,
    VerdictOutcome,
)
from tests.integration.build import NOW_NS, SECOND, make_event, new_run, observed, put_on_record
from tests.integration.corpus.replay import replay
from tests.people import People, make_project
from tests.unit.wire.recordings import CLIENTS, recorded
from traces.actions.redact import Redaction, redact
from traces.actions.say import Speech
from traces.models import LedgerEntry, Node, Run
from traces.queries.access import Viewer
from traces.queries.disclosure import get_disclosure
from traces.queries.same_texts import Place

LOG = Path(__file__).resolve().parents[4] / "shared" / "data" / "lats_mcts" / "webshop_mcts.log"
A_FEW = CLIENTS[::8]


def answers_of(run: Run) -> dict[Question, Answer]:
    who = Viewer(project_ids=frozenset({run.project_id}))
    found = get_disclosure(who=who, run_id=run.pk)
    assert [each.question for each in found] == list(Question)
    return {each.question: each for each in found}


def check_form(run: Run, answers: dict[Question, Answer]) -> None:
    """No answer is blank, and each cites entries that are there."""
    for each in answers.values():
        assert (each.answer is not None) == (each.status is Status.ANSWERED)
        assert each.answer is None or len(each.answer) > 5
        assert all(0 <= seq < run.size for seq in each.evidence)


def everything(run: str) -> list[Any]:
    approval = str(uuid.uuid4())
    limit: dict[str, Any] = {"dimension": "usd", "version": 1}
    return [
        make_event(
            RunStarted,
            run,
            strategy=Strategy.BEST_OF_N,
            effort="high",
            high_compute=True,
            models=["m-1"],
            budgets={"tool_calls": "20"},
        ),
        observed(run, "s1", node_kind=NodeKind.SAMPLE, output="first"),
        observed(run, "s2", node_kind=NodeKind.SAMPLE, output="second"),
        observed(run, "c", node_kind=NodeKind.MODEL_CALL, model="m-1", provider="p"),
        observed(
            run,
            "t",
            node_kind=NodeKind.TOOL_CALL,
            tool="fetch",
            side_effect=SideEffect.IRREVERSIBLE,
            input='{"url": "https://example.org/page"}',
        ),
        make_event(CandidateProposed, run, node="s1", answer="1"),
        make_event(CandidateProposed, run, node="s2", answer="2"),
        make_event(
            VerdictGiven,
            run,
            node="s2",
            verifier="judge",
            outcome=VerdictOutcome.REJECT,
            independence=Independence.SAME_MODEL,
            saw_reference=True,
        ),
        make_event(
            FateDecided, run, node="s2", fate=Fate.DISCARDED, reason=DiscardReason.VERIFIER_REJECTED
        ),
        make_event(AnswerSelected, run, node="s1", rule="first accepted"),
        make_event(
            BudgetSet, run, by="user:alice", source=BudgetSource.COMMAND, hard=Decimal(5), **limit
        ),
        make_event(
            BudgetHit,
            run,
            which=LimitKind.HARD,
            limit=Decimal(5),
            spent=Decimal(6),
            basis=SpendBasis.RECORDED,
            action=OnHit.STOP,
            **limit,
        ),
        make_event(
            ApprovalRequested,
            run,
            approval=approval,
            tool="send",
            digest="0" * 64,
            needed=1,
            expires_at=NOW_NS,
            node="x",
        ),
        make_event(
            ApprovalDecided,
            run,
            approval=approval,
            decision=Decision.APPROVE,
            by="user:olga",
            at=NOW_NS + 2 * SECOND,
        ),
        make_event(ApprovalClosed, run, approval=approval, status=ApprovalStatus.APPROVED),
        make_event(
            CommandIssued,
            run,
            command="k",
            command_kind=CommandKind.STOP,
            by="user:alice",
            by_kind=ActorKind.USER,
        ),
        make_event(CommandStaged, run, command="k", stage=CommandStage.APPLIED, at=NOW_NS + SECOND),
        make_event(NoteWritten, run, note="n", by="user:alice", text="odd"),
        make_event(GapReported, run, cause="limit", missing=7),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer="1", stop_reason="done"),
    ]


SAID = {
    Question.HIGH_COMPUTE: "Stated: strategy best of n, effort high, high-compute mode. "
    "Recorded: 2 samples, 1 model call.",
    Question.MODELS: "Called: m-1, by p.",
    Question.ATTEMPTS: "2 candidates, 2 attempts, 1 discarded node, 0 failed nodes. "
    "Discarded as verifier rejected (1). Chosen by first accepted.",
    Question.TOOLS: "1 call: fetch (1). Effects: irreversible (1). 0 calls failed, 0 uses refused.",
    Question.RESOURCES: "https://example.org/page.",
    Question.CONSEQUENTIAL_ACTIONS: "1 request: send: approve by user:olga after 2.0 s, approved. "
    "1 action that writes or cannot be undone, without a request.",
    Question.BUDGETS: "tool calls 20 (hard, by the program), usd hard 5 (version 1, by user:alice).",
    Question.CONSUMPTION: "Amounts are not told. First the hard limit of usd was reached, at 6 of 5: stop. "
    "1 limit reached in all.",
    Question.ESCALATIONS: "None of the requests was.",
    Question.VERIFIERS: "judge (reject 1; same model). 1 verdict saw the reference answer.",
    Question.INTERRUPTS: "stop by user:alice, applied after 1.0 s.",
    Question.HUMAN_FEEDBACK: "1 note, by key:test.",
    Question.USE: "Heard of first by way of sdk. It ended as completed, done.",
    Question.ANOMALIES: "1 reached limit, 1 verdict that saw the reference answer.",
}


def test_it_works(people: People) -> None:
    run = new_run()
    put_on_record(people.project, *everything(run))
    row = Run.objects.get(pk=run)
    answers = answers_of(row)
    check_form(row, answers)
    assert {question: answers[question].answer for question in SAID} == SAID
    assert "7 lost events" in str(answers[Question.COMPLETENESS].answer)
    assert answers[Question.EVALUATION].status is Status.NOT_RECORDED
    assert answers[Question.ADMINISTRATION].answer == (
        "Owned by user:alice. Nothing was changed since it began."
    )
    assert "not signed" in str(answers[Question.INTEGRITY].answer)
    assert answers[Question.TOOLS].source is Source.SDK
    kinds = {seq: LedgerEntry.objects.get(run_id=run, seq=seq).line for seq in range(row.size)}
    cited = [bytes(kinds[seq]) for seq in answers[Question.BUDGETS].evidence]
    assert [b'"budget.set"' in line or b'"run.started"' in line for line in cited] == [True, True]


def test_what_stood_in_a_deleted_text_is_withheld_and_who_deleted_it_is_told(
    people: People,
) -> None:
    run = new_run()
    put_on_record(people.project, *everything(run))
    speech = Speech(
        run_id=uuid.UUID(run),
        by="user:alice",
        ticket="t",
        now_ns=NOW_NS,
        randbytes=lambda n: b"r" * n,
    )
    asked = Redaction(place=Place(5, "input"), everywhere=True, rule=RedactionRule.CONFIDENTIAL)
    redact(speech=speech, redaction=asked)
    answers = answers_of(Run.objects.get(pk=run))
    resources = answers[Question.RESOURCES]
    assert (resources.status, list(resources.evidence)) == (Status.WITHHELD, [21])
    provenance = str(answers[Question.INPUT_PROVENANCE].answer)
    assert "1 text redacted (confidential by user:alice)" in provenance


def test_a_run_of_which_hardly_anything_is_told_says_so(people: People) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a"))
    row = Run.objects.get(pk=run)
    answers = answers_of(row)
    check_form(row, answers)
    unknown = {each for each in Question if answers[each].status is Status.NOT_RECORDED}
    assert {Question.MODELS, Question.TOOLS, Question.VERIFIERS, Question.REPLAYS} <= unknown


@pytest.mark.parametrize("client", A_FEW)
def test_recordings_of_clients_are_told_as_their_rows_count_them(client: str) -> None:
    project = replay(client, list(recorded(client)))
    for run in Run.objects.filter(project=project, size__gt=0):
        answers = answers_of(run)
        check_form(run, answers)
        models = str(answers[Question.MODELS].answer)
        assert all(name in models for name in run.model_names)
        tools = Node.objects.filter(run_id=run.pk, kind="tool_call").count()
        told = answers[Question.TOOLS]
        lost = str(answers[Question.COMPLETENESS].answer)
        assert f" {run.orphans:,} node{'s' * (run.orphans != 1)} whose parent" in lost
        assert (told.status is Status.ANSWERED) == bool(tools)
        assert not tools or str(told.answer).startswith(f"{tools:,} call")


@pytest.mark.skipif(not LOG.is_file(), reason="the public logs are not beside this tree")
def test_a_public_log_of_a_search_is_told_with_its_attempts() -> None:
    make_project()
    call_command("import_traces", str(LOG), stdout=StringIO(), stderr=StringIO())
    for run in Run.objects.filter(strategy="mcts"):
        answers = answers_of(run)
        check_form(run, answers)
        assert "strategy mcts" in str(answers[Question.HIGH_COMPUTE].answer)
        kinds = Counter(Node.objects.filter(run_id=run.pk).values_list("kind", flat=True))
        tries = kinds["sample"] + kinds["expansion"] + kinds["rollout"]
        assert not tries or f"{tries} attempt" in str(answers[Question.ATTEMPTS].answer)


def test_page_and_api_say_the_same_to_those_who_may_see_the_run(
    people: People, client: Client
) -> None:
    run = new_run()
    put_on_record(people.project, *everything(run))
    page, api = f"/runs/{run}/disclosure", f"/api/v1/runs/{run}/disclosure"
    assert client.get(page).status_code == 302
    client.force_login(people.charlie)
    assert (client.get(page).status_code, client.get(api).status_code) == (404, 404)
    client.force_login(people.bob)
    told = client.get(api).json()
    assert [each["number"] for each in told] == list(range(1, 25))
    assert told[0]["text"].startswith("Was a high-compute mode used")
    assert {each["status"] for each in told} == {"answered", "not_recorded"}
    shown = client.get(page).content.decode()
    assert "1 call: fetch (1)" in shown
    assert "not recorded" in shown
    assert shown.count('class="disclosure__item"') == 24
