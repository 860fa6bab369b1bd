"""By how much the answer won, and what would have changed it: only from numbers that were recorded."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext

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
        return gettext("a tie")
    if run.margin is not None:
        return _with_unit(run.margin, run.margin_unit)
    pair = _voted_pair(run, table)
    if pair is not None:
        gap = pair[0].votes - pair[1].votes
        return _votes(gap, pair[0].votes, pair[1].votes)
    chosen = _chosen(table)
    if chosen is None or runner_up is None or chosen.value is None or runner_up.value is None:
        return None
    return gettext("{gap} in value ({first} to {second})").format(
        gap=f"{chosen.value - runner_up.value:g}",
        first=f"{chosen.value:g}",
        second=f"{runner_up.value:g}",
    )


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
        words = gettext("The order alone: {other} had the same value, {ours}.")
    elif gap > 0:
        words = gettext("A value above {ours} for {other}, which had {theirs}.")
    else:
        words = gettext("Choosing by value: {other} had {theirs} against {ours}.")
    return words.format(other=other, ours=f"{chosen.value:g}", theirs=f"{runner_up.value:g}")


def _by_votes(first: Cluster, second: Cluster) -> str:
    gap = first.votes - second.votes
    other = _quoted(second.answer)
    votes = {"ours": f"{first.votes:,}", "theirs": f"{second.votes:,}"}
    if gap == 0:
        words = gettext("The tie-break alone: {other} had as many votes, {theirs}.")
        return words.format(other=other, **votes)
    if gap < 0:
        words = gettext("Choosing by votes: {other} had {theirs} against {ours}.")
        return words.format(other=other, **votes)
    moved = gap // 2 + 1
    words = ngettext("{n} vote for {other} instead.", "{n} votes for {other} instead.", moved)
    return words.format(n=f"{moved:,}", other=other)


def _votes(gap: int, first: int, second: int) -> str:
    words = ngettext("{n} vote ({first} to {second})", "{n} votes ({first} to {second})", gap)
    return words.format(n=f"{gap:,}", first=f"{first:,}", second=f"{second:,}")


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


def _with_unit(margin: float, unit: str | None) -> str:
    if unit == "votes":
        count = 1 if margin == 1 else 2  # half a vote is many
        return ngettext("{n} vote", "{n} votes", count).format(n=f"{margin:g}")
    return f"{margin:g} {unit or ''}".rstrip()


def _quoted(answer: str | None) -> str:
    if not answer:
        return gettext("the runner-up")
    line = " ".join(answer.split())
    return f"“{line if len(line) <= SHOWN_CHARS else line[: SHOWN_CHARS - 1] + '…'}”"
