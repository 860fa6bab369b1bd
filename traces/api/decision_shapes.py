"""The shape of a run's decision in the API."""

from __future__ import annotations

from decimal import Decimal

from ninja import Field, Schema

from traces.api.forms import decimal_text
from traces.queries.decision import Answered, DecisionRow, MarkRow

SHOWN_AT_MOST = 1000


class AnswerThen(Schema):
    """An answer of a node, and what had been spent when it was there, or when it became the best."""

    ordinal: int = Field(description="The node's number in the run")
    answer: str = Field(description="As candidates are grouped by it")
    spent: str | None = Field(description="A decimal string, in units of `dimension`")
    strength: float | None = Field(description="Its value; of a lead its votes or value then")
    correct: bool | None

    @classmethod
    def of(cls, answered: Answered) -> AnswerThen:
        """Return the shape of one."""
        return cls(
            ordinal=answered.ordinal,
            answer=answered.answer,
            spent=decimal_text(answered.spent),
            strength=answered.strength,
            correct=answered.correct,
        )


class Done(Schema):
    """What was done on the way."""

    kind: str = Field(description="resumed, revised, approval, decided or command")
    about: str
    ordinal: int | None = Field(description="The node that resumes or revises")
    spent: str | None

    @classmethod
    def of(cls, mark: MarkRow) -> Done:
        """Return the shape of one."""
        return cls(
            kind=mark.kind.value,
            about=mark.about,
            ordinal=mark.ordinal,
            spent=decimal_text(mark.spent),
        )


class Decided(Schema):
    """How a run came to its answer; amounts are decimal strings in units of `dimension`, unknown is null."""

    dimension: str | None = Field(
        description="usd, tokens or model_calls; null where none is known"
    )
    clock: str = Field(description="time, or ledger where some things tell none")
    rule: str | None = Field(description="votes, value or latest: what made an answer the best")
    returned: str | None = Field(description="The returned answer, as candidates are grouped by it")
    total: str | None
    unplaced: str | None = Field(description="Spent by the run, and by no node")
    flips: int | None = Field(description="How many times the best answer changed to another")
    first_there: str | None = Field(description="Spent when the returned answer was first there")
    last_useful: str | None = Field(description="Spent when it became the best and stayed so")
    spent_after: str | None = Field(description="Spent after that")
    leads: list[AnswerThen] = Field(description="The best answers, in order")
    answers: list[AnswerThen] = Field(description="All answers as they came, at most 1,000")
    answers_left_out: int
    done: list[Done] = Field(description="Continuations, revisions, approvals and commands")
    not_recorded: list[str] = Field(description="What is missing, in words")

    @classmethod
    def of(cls, row: DecisionRow) -> Decided:
        """Return the shape of a decision."""
        return cls(
            dimension=row.dimension.value if row.dimension else None,
            clock=row.clock.value,
            rule=row.rule.value if row.rule else None,
            returned=row.returned,
            flips=row.flips,
            **{name: decimal_text(amount) for name, amount in _amounts(row).items()},
            leads=[AnswerThen.of(each) for each in row.leads[:SHOWN_AT_MOST]],
            answers=[AnswerThen.of(each) for each in row.answers[:SHOWN_AT_MOST]],
            answers_left_out=max(0, len(row.answers) - SHOWN_AT_MOST),
            done=[Done.of(each) for each in row.marks],
            not_recorded=row.not_recorded,
        )


def _amounts(row: DecisionRow) -> dict[str, Decimal | None]:
    names = ("total", "unplaced", "first_there", "last_useful", "spent_after")
    return {name: getattr(row, name) for name in names}
