"""By how much the answer won, and what would have changed it: only from numbers that were recorded."""

from __future__ import annotations

from traces.models import Run
from traces.queries.candidates import CandidateRow, CandidateTable, Cluster

SHOWN_CHARS = 60


def find_runner_up(run: Run, table: CandidateTable) -> CandidateRow | None:
    """Return the stated runner-up, else the first of the next most voted answer, else the next best value."""
    others = [row for row in table.candidates if not row.chosen]
    stated = next((row for row in others if row.node_id == run.runner_up_node), None)
    if stated is not None:
        return stated
    pair = _voted_pair(run, table)
    if pair is not None:
        return next((row for row in others if row.label == pair[1].label), None)
    valued = [row for row in others if row.value is not None]
    return max(valued, key=lambda row: row.value or 0.0, default=None)


def words_of_margin(run: Run, table: CandidateTable, runner_up: CandidateRow | None) -> str | None:
    """Return the margin in words, None when no number tells it."""
    if run.margin == 0:
        return "a tie"
    if run.margin is not None:
        return f"{run.margin:g} {_unit(run.margin, run.margin_unit)}".rstrip()
    pair = _voted_pair(run, table)
    if pair is not None:
        gap = pair[0].votes - pair[1].votes
        return f"{gap:,} {'vote' if gap == 1 else 'votes'} ({pair[0].votes:,} to {pair[1].votes:,})"
    chosen = _chosen(table)
    if chosen is None or runner_up is None or chosen.value is None or runner_up.value is None:
        return None
    return f"{chosen.value - runner_up.value:g} in value ({chosen.value:g} to {runner_up.value:g})"


def what_would_have_changed_it(
    run: Run, table: CandidateTable, runner_up: CandidateRow | None
) -> str | None:
    """Return one sentence, or None when the recorded numbers do not say."""
    pair = _voted_pair(run, table)
    if pair is not None:
        return _by_votes(*pair)
    chosen = _chosen(table)
    if chosen is None or runner_up is None or chosen.value is None or runner_up.value is None:
        return None
    other = _quoted(runner_up.answer or runner_up.normalised)
    gap = chosen.value - runner_up.value
    if gap == 0:
        return f"The order alone: {other} had the same value, {chosen.value:g}."
    if gap > 0:
        return f"A value above {chosen.value:g} for {other}, which had {runner_up.value:g}."
    return f"Choosing by value: {other} had {runner_up.value:g} against {chosen.value:g}."


def _by_votes(first: Cluster, second: Cluster) -> str:
    gap = first.votes - second.votes
    other = _quoted(second.answer)
    if gap == 0:
        return f"The tie-break alone: {other} had as many votes, {second.votes:,}."
    if gap < 0:
        return f"Choosing by votes: {other} had {second.votes:,} against {first.votes:,}."
    moved = gap // 2 + 1
    return f"{moved:,} {'vote' if moved == 1 else 'votes'} for {other} instead."


def _voted_pair(run: Run, table: CandidateTable) -> tuple[Cluster, Cluster] | None:
    """Return the chosen cluster and the strongest other one, where votes were what counted."""
    chosen = next((cluster for cluster in table.clusters if cluster.chosen), None)
    other = next((cluster for cluster in table.clusters if not cluster.chosen), None)
    if chosen is None or other is None or not is_decided_by_votes(run, table):
        return None
    return chosen, other


def is_decided_by_votes(run: Run, table: CandidateTable) -> bool:
    """Return True where the number of votes is what chose the answer."""
    rule = (run.rule or "").lower()
    if run.margin_unit is not None:
        return "vote" in run.margin_unit  # votes may be counted beside, and decide nothing
    if "vote" in rule or "major" in rule:
        return True
    if any(c.votes is not None for c in table.candidates):
        return True
    # An inference from samples alone cannot be the reason to call it a vote.
    if run.strategy == "self_consistency" and run.strategy_source != "inferred":
        return True
    # Equal answers among candidates that were scored are chance, not a vote.
    return table.has_votes and all(c.value is None for c in table.candidates)


def _chosen(table: CandidateTable) -> CandidateRow | None:
    return next((row for row in table.candidates if row.chosen), None)


def _unit(margin: float, unit: str | None) -> str:
    if unit == "votes" and margin == 1:
        return "vote"
    return unit or ""


def _quoted(answer: str | None) -> str:
    if not answer:
        return "the runner-up"
    line = " ".join(answer.split())
    return f"“{line if len(line) <= SHOWN_CHARS else line[: SHOWN_CHARS - 1] + '…'}”"
