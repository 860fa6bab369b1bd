"""What a run page opens on: the answer, what it won against, who checked, and what it cost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, pgettext

from deliberation.vocabulary import TERMINAL_STATES
from traces.analytics.tree import ROOT, children_of
from traces.models import Run
from traces.queries.absent import lacks_root
from traces.queries.access import Who, see_run
from traces.queries.amounts import Discarded
from traces.queries.candidates import read_candidates
from traces.queries.columns import Tree, read_tree
from traces.queries.compute_mode import ComputeMode, read_compute_mode
from traces.queries.ending import tell_ending
from traces.queries.judges import conclude_judges
from traces.queries.legibility import Legibility, read_legibility
from traces.queries.margin import find_runner_up, what_would_have_changed_it, words_of_margin
from traces.queries.runs import whole_answer
from traces.queries.spend import SpendLine, spend_lines
from traces.queries.verdicts import verdicts_on

ROOTS_AT_MOST = 4
TERMINAL = frozenset(state.value for state in TERMINAL_STATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """A verifier's latest word on the answer."""

    name: str
    kind: str | None
    independence: str | None
    outcome: str
    label: str | None
    score: float | None
    saw_reference: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """The verdict on a run. `margin` is words; `what_would_have_changed_it` one sentence from recorded numbers.

    `lacks_root` says that no root of the trace was received, `ending` how the run ended where that is known.
    """

    answer: str | None
    runner_up: str | None
    margin: str
    margin_known: bool
    decided_by: str | None
    checkers: list[Checker]
    spend: list[SpendLine]
    discarded: Discarded
    what_would_have_changed_it: str | None
    not_recorded: list[str]
    lacks_root: bool
    ending: str | None
    legibility: Legibility | None
    compute: ComputeMode


def get_header(*, who: Who, run_id: str | uuid.UUID) -> RunHeader:
    """Return the verdict on a run. Raises NotVisible."""
    run = see_run(who, run_id)
    tree = read_tree(run)
    table = read_candidates(run)
    runner_up = find_runner_up(run, table)
    margin = words_of_margin(run, table, runner_up)
    return RunHeader(
        answer=whole_answer(run),
        runner_up=(runner_up.answer or runner_up.normalised) if runner_up else None,
        margin=margin or gettext("not recorded"),
        margin_known=margin is not None,
        decided_by=run.rule,
        checkers=_checkers(run, tree),
        spend=spend_lines(run),
        discarded=tree.discarded(),
        what_would_have_changed_it=what_would_have_changed_it(run, table, runner_up),
        not_recorded=_not_recorded(run, tree),
        lacks_root=lacks_root(run),
        ending=tell_ending(run),
        legibility=read_legibility(run),
        compute=read_compute_mode(run, tree),
    )


def _checkers(run: Run, tree: Tree) -> list[Checker]:
    judged = [run.selected_node] if run.selected_node is not None else _roots(tree)
    found = [
        verdict
        for verdicts in verdicts_on(run.id, judged).values()
        for verdict in verdicts
        if verdict.by_node != verdict.node_id
    ]
    latest = {each.verifier: each for each in conclude_judges(tree, found)}
    return [
        Checker(
            name=each.verifier,
            kind=each.verifier_kind,
            independence=each.independence,
            outcome=each.outcome,
            label=each.label,
            score=each.score,
            saw_reference=each.saw_reference,
        )
        for each in latest.values()
    ]


def _roots(tree: Tree) -> list[str]:
    """Return the nodes that speak for the run where none was chosen: the first few that have no parent."""
    rows = children_of(tree.shape, ROOT)[:ROOTS_AT_MOST]
    return [tree.columns.node_id[row] for row in rows]


def _not_recorded(run: Run, tree: Tree) -> list[str]:
    """Return, in words, what a reviewer would look for and will not find."""
    columns = tree.columns
    has_ended = run.observed_state in TERMINAL or run.end_inferred
    nobody = any(
        fate == "discarded" and reason is None
        for fate, reason in zip(columns.fate, columns.reason, strict=True)
    )
    missing = {
        pgettext("not recorded", "task"): run.task is None,
        pgettext("not recorded", "strategy"): run.strategy == "unknown",
        pgettext("not recorded", "models"): not run.model_names,
        pgettext("not recorded", "times"): run.started_ns is None,
        pgettext("not recorded", "its end"): run.end_inferred,
        pgettext("not recorded", "answer"): has_ended and run.answer is None,
        pgettext("not recorded", "which node was chosen"): has_ended and run.selected_node is None,
        pgettext("not recorded", "tokens"): run.input_tokens is None and run.output_tokens is None,
        pgettext("not recorded", "cost"): run.cost is None,
        pgettext("not recorded", "cost of some calls"): run.cost is not None
        and run.unpriced_calls > 0,
        pgettext("not recorded", "stated confidence"): run.stated_confidence is None,
        pgettext("not recorded", "verdicts"): run.verdicts == 0,
        pgettext("not recorded", "reasons of some discards"): nobody,
        _missing(run.missing_events): run.missing_events > 0,
    }
    return [name for name, is_missing in missing.items() if is_missing]


def _missing(events: int) -> str:
    words = ngettext("{n} event known to be missing", "{n} events known to be missing", events)
    return words.format(n=f"{events:,}")
