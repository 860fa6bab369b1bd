"""Which candidate was returned, and why that one."""

from __future__ import annotations

from dataclasses import dataclass

from traces.models import Run
from traces.queries.candidates import CandidateRow, CandidateTable
from traces.queries.margin import find_runner_up, words_of_margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The rule, what it chose, against whom, by how much in words, and how a tie was broken.

    `is_made` is False where no node is said to have been chosen; `chosen` is None too where that node is no candidate.
    """

    is_made: bool
    chosen: CandidateRow | None
    runner_up: CandidateRow | None
    rule: str | None
    margin: str | None
    tie_break: str | None


def read_choice(run: Run, table: CandidateTable) -> Choice:
    """Return the choice of a run that the caller may see, among its candidates."""
    is_made = run.selected_node is not None
    runner_up = find_runner_up(run, table) if is_made else None
    return Choice(
        is_made=is_made,
        chosen=next((each for each in table.candidates if each.chosen), None),
        runner_up=runner_up,
        rule=run.rule,
        margin=words_of_margin(run, table, runner_up) if is_made else None,
        tie_break=run.tie_break,
    )
