"""When the answer of a run was decided, on what spending, and what was spent after that."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from deliberation.vocabulary import Dimension, NodeKind
from traces.analytics.decision import (
    Meter,
    Proposal,
    Rule,
    count_flips,
    first_there,
    follow_leads,
    last_useful,
)
from traces.models import Run
from traces.queries.access import Who, see_run
from traces.queries.amounts import add_known
from traces.queries.candidates import CandidateRow, CandidateTable, read_candidates
from traces.queries.columns import Columns, Tree, read_tree
from traces.queries.decision_marks import MarkKind, list_marks
from traces.queries.decision_moments import (
    Clock,
    Happened,
    choose_clock,
    moments_of_nodes,
    moments_of_proposals,
)
from traces.queries.margin import is_decided_by_votes

MEASURES = (Dimension.USD, Dimension.TOKENS, Dimension.MODEL_CALLS)
"""What spending is told in: the first that is known of any node. Each says more than the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer when `spent` had been spent; `strength` is its votes or value then. Of a lead: it became the best."""

    ordinal: int
    answer: str
    spent: Decimal | None
    strength: float | None
    correct: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRow:
    """What was done when `spent` had been spent."""

    kind: MarkKind
    about: str
    spent: Decimal | None
    ordinal: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """How a run came to its answer; see `traces.analytics.decision` for what each number is. Unknown is None.

    `dimension` says what amounts are of; `unplaced` is spending of the run that stands on no node, and so at no moment.
    `not_recorded` says in words what is missing, and for what.
    """

    dimension: Dimension | None
    clock: Clock
    rule: Rule | None
    returned: str | None
    total: Decimal | None
    unplaced: Decimal | None
    answers: list[Answered]
    leads: list[Answered]
    flips: int | None
    first_there: Decimal | None
    last_useful: Decimal | None
    spent_after: Decimal | None
    marks: list[MarkRow]
    not_recorded: list[str]


def get_decision(*, who: Who, run_id: str | uuid.UUID) -> DecisionRow:
    """Return how a run came to its answer. Raises NotVisible."""
    run = see_run(who, run_id)
    return _Reader(run, read_tree(run), read_candidates(run)).decision()


def _amount(columns: Columns, row: int, dimension: Dimension) -> Decimal | None:
    if dimension is Dimension.MODEL_CALLS:
        return Decimal(1) if columns.kind[row] == NodeKind.MODEL_CALL else None
    if columns.is_unallocated[row]:
        return None
    if dimension is Dimension.USD:
        return columns.cost[row]
    tokens = add_known([columns.input[row], columns.output[row]])
    return None if tokens is None else Decimal(tokens)


class _Reader:
    """Puts spending, answers and marks of a run on one clock."""

    def __init__(self, run: Run, tree: Tree, table: CandidateTable) -> None:
        self._run = run
        self._tree = tree
        self._table = table
        self._nodes = moments_of_nodes(tree)
        self._dimension, spent = self._measure()
        self._candidates = [each for each in table.candidates if each.label is not None]
        self._there = self._moments()
        used = [*(self._nodes[row] for row in spent), *self._there.values()]
        self._clock = choose_clock(used)
        on = self._clock
        self._meter = Meter((self._nodes[row].on(on), amount) for row, amount in spent.items())

    def decision(self) -> DecisionRow:
        """Return the whole."""
        proposals, rule = self._proposals(), self._rule()
        leads = follow_leads(proposals, rule) if rule else []
        returned = self._returned()
        first = first_there(proposals, returned) if returned is not None else None
        last = last_useful(leads, returned) if returned is not None else None
        useful = self._until(last)
        total = self._meter.total if self._dimension else None
        told = self._teller()
        return DecisionRow(
            dimension=self._dimension,
            clock=self._clock,
            rule=rule,
            returned=returned,
            total=total,
            unplaced=self._unplaced(),
            answers=[told(each.ordinal, each.answer, each.at, each.value) for each in proposals],
            leads=[told(each.ordinal, each.answer, each.at, each.strength) for each in leads],
            flips=count_flips(leads) if leads else None,
            first_there=self._until(first),
            last_useful=useful,
            spent_after=None if useful is None or total is None else total - useful,
            marks=self._marks(),
            not_recorded=self._lacks(returned, last),
        )

    def _measure(self) -> tuple[Dimension | None, dict[int, Decimal]]:
        columns = self._tree.columns
        for dimension in MEASURES:
            found = {row: _amount(columns, row, dimension) for row in range(len(columns.ordinal))}
            known = {row: amount for row, amount in found.items() if amount is not None}
            if known:
                return dimension, known
        return None, {}

    def _moments(self) -> dict[str, Happened]:
        said = moments_of_proposals(self._run, self._candidates)
        rows = self._tree.row_by_node
        found = {}
        for each in self._candidates:
            row = rows.get(each.node_id)
            at_node = self._nodes[row] if row is not None else Happened(each.ordinal, None)
            happened = said.get(each.node_id, at_node)
            found[each.node_id] = (
                happened if happened.ns is not None else Happened(happened.seq, at_node.ns)
            )
        return found

    def _proposals(self) -> list[Proposal]:
        votes = self._votes()
        found = [
            Proposal(
                at=self._there[each.node_id].on(self._clock),
                ordinal=each.ordinal,
                answer=each.label or "",
                votes=votes(each),
                value=each.value,
            )
            for each in self._candidates
        ]
        return sorted(found, key=lambda proposal: (proposal.at, proposal.ordinal))

    def _votes(self) -> Callable[[CandidateRow], int]:
        """Return how to count a candidate: by its stated votes, where those of its answer add up from them."""
        stated: dict[str, int] = {}
        for each in self._candidates:
            stated[each.label or ""] = stated.get(each.label or "", 0) + (each.votes or 0)

        def count(candidate: CandidateRow) -> int:
            is_sum = stated[candidate.label or ""] == self._table.votes_of(candidate)
            return (candidate.votes or 0) if is_sum else 1

        return count

    def _rule(self) -> Rule | None:
        if not self._candidates:
            return None
        if is_decided_by_votes(self._run, self._table):
            return Rule.VOTES
        chosen = [each for each in self._candidates if each.chosen] or self._candidates
        return Rule.VALUE if any(each.value is not None for each in chosen) else Rule.LATEST

    def _returned(self) -> str | None:
        """Return the returned answer as candidates are grouped by it; None where it is none of theirs."""
        chosen = next((each.label for each in self._candidates if each.chosen), None)
        answer = self._run.answer
        if chosen is not None or answer is None:
            return chosen
        same = (e for e in self._candidates if answer in (e.answer, e.normalised, e.label))
        return next((each.label for each in same), None)

    def _teller(self) -> Callable[[int, str, int, float | None], Answered]:
        correct = {each.ordinal: each.correct for each in self._candidates}

        def told(ordinal: int, answer: str, at: int, strength: float | None) -> Answered:
            return Answered(
                ordinal=ordinal,
                answer=answer,
                spent=self._until(at),
                strength=strength,
                correct=correct.get(ordinal),
            )

        return told

    def _until(self, at: int | None) -> Decimal | None:
        return None if at is None or self._dimension is None else self._meter.until(at)

    def _marks(self) -> list[MarkRow]:
        """Return the marks, in order; one without a time has no place among things that have one."""
        on = self._clock
        marks = sorted(list_marks(self._run), key=lambda mark: mark.happened.on(on))
        return [
            MarkRow(
                kind=each.kind,
                about=each.about,
                spent=None
                if on is Clock.TIME and each.happened.ns is None
                else self._until(each.happened.on(on)),
                ordinal=each.ordinal,
            )
            for each in marks
        ]

    def _unplaced(self) -> Decimal | None:
        if self._dimension not in (Dimension.USD, Dimension.TOKENS):
            return None
        end = len(self._tree.shape.order)
        names = ("cost",) if self._dimension is Dimension.USD else ("input", "output")
        whole = add_known([self._tree.sums(name).between(0, end) for name in names])
        rest = Decimal(whole or 0) - self._meter.total
        return rest or None

    def _lacks(self, returned: str | None, last: int | None) -> list[str]:
        is_answered = self._run.answer is not None or self._run.selected_node is not None
        calls = self._run.unpriced_calls
        missing = {
            gettext("what had been spent when: no node says what it spent"): self._dimension
            is None,
            gettext("what some calls cost: {count} without a price count for nothing here").format(
                count=f"{calls:,}"
            ): calls > 0 and self._dimension is Dimension.USD,
            gettext("candidates: which answers there were on the way"): not self._candidates,
            gettext("the returned answer: the run names none"): not is_answered,
            gettext("which candidate was returned"): is_answered
            and bool(self._candidates)
            and returned is None,
            gettext(
                "the last useful spending: by this rule another answer was the best at the end"
            ): returned is not None and last is None,
            gettext(
                "times of all answers and calls: they stand in the order of the ledger"
            ): self._clock is Clock.LEDGER,
        }
        return [words for words, is_missing in missing.items() if is_missing]
