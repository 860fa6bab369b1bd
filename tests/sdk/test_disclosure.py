"""The 24 answers: from a run in which everything happened, and from whatever else somebody writes into a ledger."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from deliberation.disclosure import gathering
from deliberation.disclosure.disclose import disclose
from deliberation.disclosure.facts import KEPT
from deliberation.disclosure.gathering import Gathered, gather
from deliberation.disclosure.questions import MOST_EVIDENCE, Question, Status

KINDS = [*KEPT, *gathering.NODE_FACTS, "fate.decided", "candidate.proposed", "verdict.given", "x"]
NAMES = sorted({name for kept in KEPT.values() for name in (*kept.needs, *kept.uses)})
NODE = [
    "node",
    "parent",
    "node_kind",
    "tool",
    "side_effect",
    "status",
    "model",
    "provider",
    "usage",
]
MORE = ["cost", "fate", "reason", "verifier", "outcome", "independence", "saw_reference"]
WORDS = [
    "a",
    "b",
    "tool_call",
    "error",
    "discarded",
    "escalate",
    "stop",
    "applied",
    "7",
    "-7",
    "x" * 300,
]
VALUES = [*WORDS, 5, -5, 2**53 - 1, True, False, None, [], ["a", 1, None], {}, {"a": "b", "c": [1]}]


def any_line(random: Random) -> dict[str, Any]:
    """A line of the right form whose facts are of any kind and shape."""
    names = random.sample([*NAMES, *NODE, *MORE, "started_at"], random.randint(0, 20))
    return {
        "by": random.choice(WORDS),
        "kind": random.choice(KINDS),
        "d": {name: random.choice(VALUES) for name in names} | any_node(random),
        "p": dict.fromkeys(random.sample(["input", "text"], random.randint(0, 2)), ""),
        "t_rx": str(random.randrange(10**20)),
    } | random.choice([{}, {"t_src": str(random.randrange(10**20))}])


def any_node(random: Random) -> dict[str, Any]:
    known = {"node": random.choice("abc"), "node_kind": random.choice(["tool_call", "sample"])}
    return random.choice([{}, known])


def line(kind: str, **facts: Any) -> dict[str, Any]:
    return {"by": "sdk:1", "kind": kind, "d": facts, "p": {}, "t_rx": "5"}


def test_it_works():
    told = gather([(0, line("run.opened", source="sdk")), (1, line("node.ended", node="a"))])
    answers = disclose(told)
    assert [each.question for each in answers] == list(Question)
    assert answers[13].answer == "Heard of first by way of sdk. No end was reported."
    assert list(answers[13].evidence) == [0]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_entries_say_each_question_has_an_answer_of_bounded_length(seed):
    random, told = Random(seed), Gathered()
    for seq in range(150):
        told.take(seq, any_line(random), random.sample(["input", "text"], random.randint(0, 2)))
        for each in disclose(told) if seq % 25 == 0 else ():
            assert (each.answer is not None) == (each.status is Status.ANSWERED)
            assert len(each.answer or "") < 100_000
            assert len(each.evidence) <= MOST_EVIDENCE
            assert all(0 <= cited <= seq for cited in each.evidence)


def test_memory_has_a_bound_and_what_lies_beyond_it_is_said(monkeypatch):
    monkeypatch.setattr(gathering, "MOST_NODES", 3)
    monkeypatch.setattr(gathering, "MOST_NAMES", 2)
    lines = [
        line("node.ended", node=f"n{seq}", model=f"m{seq}", node_kind="sample", provider="p" * 999)
        for seq in range(9)
    ]
    told = gather(enumerate(lines))
    assert (told.size, len(told.node_kinds), sorted(told.models)) == (9, 3, ["m0", "m1", "others"])
    assert max(map(len, told.providers)) == 200
    answers = {each.question: each.answer for each in disclose(told)}
    assert "nodes were told apart for these answers" in str(answers[Question.COMPLETENESS])


def test_a_parent_that_comes_later_makes_no_orphan(monkeypatch):
    monkeypatch.setattr(gathering, "PRUNED_FROM", 2)
    child = [line("node.ended", node=f"c{each}", parent="p") for each in range(8)]
    lost = line("node.ended", node="lost", parent="never")
    told = gather(enumerate([*child, lost, line("node.ended", node="p")]))
    assert told.orphans() == 1


def test_a_redaction_is_told_with_its_rule_and_without_one():
    told = gather(
        [
            (0, line("part.redacted", entry=0, part="text", by="user:alice", rule="secret")),
            (1, line("part.redacted", entry=0, part="task")),
        ]
    )
    answer = str(disclose(told)[Question.INPUT_PROVENANCE.number - 1].answer)
    assert "2 texts redacted (rule not recorded, secret by user:alice)." in answer


def test_what_tools_were_given_is_withheld_where_it_is_hidden():
    told = Gathered()
    call = line("node.ended", node="t", node_kind="tool_call", tool="fetch") | {"p": {"input": ""}}
    told.take(0, call, [])
    answer = disclose(told)[Question.RESOURCES.number - 1]
    assert (answer.status, list(answer.evidence)) == (Status.ANSWERED, [0])
    told.take(1, call, ["input"])
    answer = disclose(told)[Question.RESOURCES.number - 1]
    assert (answer.status, list(answer.evidence)) == (Status.WITHHELD, [1])
