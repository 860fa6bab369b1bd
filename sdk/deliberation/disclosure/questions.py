"""The questions, in their order, and what an answer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Question(str, Enum):
    """One thing that must be disclosed of a run. The order is the numbering."""

    HIGH_COMPUTE = "high_compute"
    """Was a high-compute mode used, which, and how far beyond one straight try?"""
    MODELS = "models"
    """Which models, by which providers, and did they change?"""
    ATTEMPTS = "attempts"
    """How many attempts were made, what became of them, and by which rule was one chosen?"""
    TOOLS = "tools"
    """Which tools were called, how often, to what effect, with what success?"""
    RESOURCES = "resources"
    """Which external resources were consulted?"""
    CONSEQUENTIAL_ACTIONS = "consequential_actions"
    """Which consequential actions were there, and did a person approve each before it was done?"""
    BUDGETS = "budgets"
    """Which budgets were set, by whom, and were they changed?"""
    CONSUMPTION = "consumption"
    """What was consumed, and which limit was reached first, with what consequence?"""
    ESCALATIONS = "escalations"
    """What was escalated, to whom, and was it answered?"""
    VERIFIERS = "verifiers"
    """Who verified, how independent are they, what did they say, and were they overridden?"""
    INTERRUPTS = "interrupts"
    """Was the run interrupted, by whom, and how soon did it give way?"""
    REPLAYS = "replays"
    """Is this a replay or fork, of which run?"""
    HUMAN_FEEDBACK = "human_feedback"
    """What did people say of it?"""
    USE = "use"
    """When did it begin and end, in which state, and why did it end?"""
    INPUT_PROVENANCE = "input_provenance"
    """Who reported it, and which texts were redacted or have expired, by whom and by what rule?"""
    ANOMALIES = "anomalies"
    """Which anomalies and risks were noticed?"""
    ACCESS = "access"
    """Who viewed, exported or shared it?"""
    ADMINISTRATION = "administration"
    """Who administers it, and which roles, keys and policies were changed meanwhile?"""
    COMPLETENESS = "completeness"
    """What is known to be missing, dropped or contradictory?"""
    INTEGRITY = "integrity"
    """Up to where is the record signed, by which key, and when was it last checked?"""
    RETENTION = "retention"
    """How long is it kept, and does a legal hold stand?"""
    EVALUATION = "evaluation"
    """At which budgets was the system evaluated before it was used?"""
    COST = "cost"
    """What did it cost in money, time and energy?"""
    NOT_SHOWN = "not_shown"
    """What does this record not show?"""

    @property
    def number(self) -> int:
        """Return its number, from 1."""
        return list(Question).index(self) + 1


class Status(str, Enum):
    """How far a question is answered. A blank is none of them."""

    ANSWERED = "answered"
    """By entries of the ledger, or by what the server knows."""
    NOT_RECORDED = "not_recorded"
    """Nothing was reported that would answer it."""
    WITHHELD = "withheld"
    """What would answer it was deleted for good, or is not shown in this bundle."""


class Source(str, Enum):
    """Whose word an answer is."""

    SERVER = "server"
    """This server measured it or did it."""
    SDK = "sdk"
    """Whoever reported the run claims it."""
    DERIVED = "derived"
    """It was computed from what was reported."""


MOST_EVIDENCE = 100
"""Entries that an answer cites: the first ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one question; `evidence` are the seqs of entries that support it, the first hundred at most."""

    question: Question
    status: Status
    answer: str | None
    source: Source
    evidence: Sequence[int] = ()


def answered(
    question: Question, words: str, source: Source, evidence: Sequence[int] = ()
) -> Answer:
    """Return an answer."""
    cited = sorted(set(evidence))[:MOST_EVIDENCE]
    return Answer(
        question=question, status=Status.ANSWERED, answer=words, source=source, evidence=cited
    )


def not_recorded(question: Question, source: Source = Source.SDK) -> Answer:
    """Return that nothing was reported that would answer it."""
    return Answer(question=question, status=Status.NOT_RECORDED, answer=None, source=source)


def withheld(question: Question, evidence: Sequence[int]) -> Answer:
    """Return that what would answer it is not there: it stood in these entries, or they took it away."""
    cited = sorted(set(evidence))[:MOST_EVIDENCE]
    return Answer(
        question=question,
        status=Status.WITHHELD,
        answer=None,
        source=Source.SERVER,
        evidence=cited,
    )
