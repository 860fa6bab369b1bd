"""Everything that could have been the answer: candidates, and their clusters."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from traces.analytics.billing import SetAside
from traces.models import Run
from traces.queries.access import Who, see_run
from traces.queries.one_look import look_up
from traces.queries.rows import scale_of

CLUSTERS_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """One candidate; `answer` has at most 2,000 characters, `scale` is that of `value`, in words.

    `label` is what it is grouped by, None when its source could not parse the answer.
    """

    ordinal: int
    node_id: str
    answer: str | None
    normalised: str | None
    cluster: str | None
    votes: int | None
    weight: float | None
    value: float | None
    scale: str | None
    rank: int | None
    chosen: bool
    fate: str
    fate_reason: str | None
    correct: bool | None
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Candidates with one answer. `votes` are the stated ones, else how many candidates there are."""

    label: str
    answer: str | None
    votes: int
    count: int
    weight: float | None
    share: float
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateTable:
    """All candidates, in the order of their nodes, and their clusters, most votes first.

    `margin` is the votes of the first cluster less those of the second; None without two of them.
    """

    candidates: list[CandidateRow]
    clusters: list[Cluster]
    unparsable: int
    margin: int | None
    normaliser: str | None
    votes_by_label: dict[str, int]

    @property
    def has_votes(self) -> bool:
        """Whether grouping by answer tells something: two candidates agree, or votes were stated."""
        return any(c.count > 1 for c in self.clusters) or any(
            c.votes is not None for c in self.candidates
        )

    def votes_of(self, candidate: CandidateRow) -> int | None:
        """Return the votes of a candidate's answer; None where it could not be parsed."""
        return self.votes_by_label.get(candidate.label) if candidate.label is not None else None

    @property
    def has_values(self) -> bool:
        """Whether a search put a number on any."""
        return any(c.value is not None for c in self.candidates)

    @property
    def has_ranks(self) -> bool:
        """Whether any was ranked."""
        return any(c.rank is not None for c in self.candidates)

    @property
    def has_outcomes(self) -> bool:
        """Whether of any it is known that it is right, or wrong."""
        return any(c.correct is not None for c in self.candidates)

    @property
    def most_voted(self) -> list[Cluster]:
        """The clusters that a page shows one by one."""
        return self.clusters[:CLUSTERS_SHOWN]

    @property
    def less_voted(self) -> tuple[int, int]:
        """How many clusters there are beyond those, and their votes together."""
        rest = self.clusters[CLUSTERS_SHOWN:]
        return len(rest), sum(cluster.votes for cluster in rest)


TOLD_ONCE = f"(above.aside IS NULL OR above.aside = '{SetAside.REPLAYED.value}')"
"""Of the node `above` a candidate's own: not another account of a call told here too, with the same samples again."""
SELECTED = f"""
SELECT node.ordinal, node.node_id, told.answer, told.normalised, told.normaliser, told.cluster, told.votes, told.weight,
  told.correct, coalesce(node.value, node.fate_value), node.value_min, node.value_max,
  coalesce(node.rank, node.fate_rank), node.fate, node.fate_reason
FROM traces_candidate told
JOIN traces_node node ON node.run_id = told.run_id AND node.node_id = told.node_id
LEFT JOIN traces_node above ON above.run_id = node.run_id AND above.node_id = node.parent_id
WHERE told.run_id = %s AND {TOLD_ONCE}
ORDER BY node.ordinal"""  # noqa: S608 - words of the vocabulary are put in


def list_candidates(*, who: Who, run_id: str | uuid.UUID) -> CandidateTable:
    """Return the candidates of a run. Raises NotVisible."""
    return read_candidates(see_run(who, run_id))


def read_candidates(run: Run) -> CandidateTable:
    """Return the candidates of a run that the caller may see."""
    return look_up((CandidateTable, run.id), lambda: _read(run))


def _read(run: Run) -> CandidateTable:
    with connection.cursor() as cursor:
        cursor.execute(SELECTED, [run.id])
        found = cursor.fetchall()
    rows = [_row(values, run.selected_node) for values in found]
    clusters = _clusters(rows)
    normalisers = dict.fromkeys(values[4] for values in found if values[4])
    return CandidateTable(
        candidates=rows,
        clusters=clusters,
        unparsable=sum(row.label is None for row in rows),
        margin=clusters[0].votes - clusters[1].votes if len(clusters) > 1 else None,
        normaliser=", ".join(normalisers) or None,
        votes_by_label={cluster.label: cluster.votes for cluster in clusters},
    )


def _row(values: tuple[Any, ...], selected: str | None) -> CandidateRow:
    ordinal, node_id, answer, normalised, normaliser, cluster, votes, weight, correct = values[:9]
    value, least, greatest, rank, fate, reason = values[9:]
    return CandidateRow(
        ordinal=ordinal,
        node_id=node_id,
        answer=answer,
        normalised=normalised,
        cluster=cluster,
        votes=votes,
        weight=weight,
        value=value,
        scale=scale_of(least, greatest),
        rank=rank,
        chosen=node_id == selected,
        fate=fate,
        fate_reason=reason,
        correct=correct,
        label=label_of(answer, normalised, normaliser, cluster),
    )


def label_of(
    answer: str | None, normalised: str | None, normaliser: str | None, cluster: str | None
) -> str | None:
    """Return a candidate's cluster, else its normalised answer; the answer itself only where nobody normalised it."""
    if cluster is not None or normaliser is not None:
        return cluster if cluster is not None else normalised
    return normalised if normalised is not None else answer


def _clusters(rows: list[CandidateRow]) -> list[Cluster]:
    groups: dict[str, list[CandidateRow]] = {}
    for row in rows:
        if row.label is not None:
            groups.setdefault(row.label, []).append(row)
    total = sum(_votes(group) for group in groups.values())
    clusters = [_cluster(label, group, total) for label, group in groups.items()]
    return sorted(clusters, key=lambda cluster: -cluster.votes)


def _votes(group: list[CandidateRow]) -> int:
    stated = [row.votes for row in group if row.votes is not None]
    # Some sources write the votes of the whole cluster on each of its candidates.
    if set(stated) == {len(group)}:
        return len(group)
    return sum(stated) if stated else len(group)


def _cluster(label: str, group: list[CandidateRow], total: int) -> Cluster:
    weights = [row.weight for row in group if row.weight is not None]
    chosen = next((row for row in group if row.chosen), None)
    return Cluster(
        label=label,
        answer=(chosen or group[0]).answer,
        votes=_votes(group),
        count=len(group),
        weight=sum(weights) if weights else None,
        share=_votes(group) / total if total else 0.0,
        chosen=chosen is not None,
    )
