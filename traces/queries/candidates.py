"""Everything that could have been the answer: candidates, their clusters, and who said what of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from traces.models import Candidate, Node, Run
from traces.queries.access import Who, see_run
from traces.queries.verdicts import VerdictRow, verdicts_on


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """One candidate. `verdicts` is verifier → its latest verdict; `answer` has at most 2,000 characters.

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
    chosen: bool
    fate: str
    fate_reason: str | None
    correct: bool | None
    verdicts: dict[str, VerdictRow]
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
    verifiers: list[str]
    unparsable: int
    margin: int | None
    normaliser: str | None

    @property
    def has_votes(self) -> bool:
        """Whether grouping by answer tells something: two candidates agree, or votes were stated."""
        return any(c.count > 1 for c in self.clusters) or any(
            c.votes is not None for c in self.candidates
        )


def list_candidates(*, who: Who, run_id: str | uuid.UUID) -> CandidateTable:
    """Return the candidates of a run. Raises NotVisible."""
    return read_candidates(see_run(who, run_id))


def read_candidates(run: Run) -> CandidateTable:
    """Return the candidates of a run that the caller may see.

    Without the choices of a call that is another account of one told here too: they are the same samples again.
    """
    stored = list(Candidate.objects.filter(run_id=run.id))
    ids = [each.node_id for each in stored]
    nodes = {
        n.node_id: n for n in Node.objects.filter(run_id=run.id, node_id__in=ids).defer("entries")
    }
    told_again = _set_aside(run, {n.parent_id for n in nodes.values() if n.parent_id})
    nodes = {key: n for key, n in nodes.items() if n.parent_id not in told_again}
    verdicts = verdicts_on(run.id, ids)
    rows = [
        _row(each, nodes[each.node_id], verdicts.get(each.node_id, []), run.selected_node)
        for each in stored
        if each.node_id in nodes
    ]
    rows.sort(key=lambda row: row.ordinal)
    clusters = _clusters(rows)
    normalisers = dict.fromkeys(each.normaliser for each in stored if each.normaliser)
    return CandidateTable(
        candidates=rows,
        clusters=clusters,
        verifiers=list(dict.fromkeys(name for row in rows for name in row.verdicts)),
        unparsable=sum(row.label is None for row in rows),
        margin=clusters[0].votes - clusters[1].votes if len(clusters) > 1 else None,
        normaliser=", ".join(normalisers) or None,
    )


def _set_aside(run: Run, node_ids: set[str]) -> set[str]:
    found = Node.objects.filter(run_id=run.id, node_id__in=node_ids, aside__isnull=False)
    return set(found.values_list("node_id", flat=True))


def _row(
    stored: Candidate, node: Node, verdicts: list[VerdictRow], selected: str | None
) -> CandidateRow:
    return CandidateRow(
        ordinal=node.ordinal,
        node_id=stored.node_id,
        answer=stored.answer,
        normalised=stored.normalised,
        cluster=stored.cluster,
        votes=stored.votes,
        weight=stored.weight,
        value=node.value if node.value is not None else node.fate_value,
        chosen=stored.node_id == selected,
        fate=node.fate,
        fate_reason=node.fate_reason,
        correct=stored.correct,
        verdicts={verdict.verifier: verdict for verdict in verdicts},
        label=_label(stored),
    )


def _label(stored: Candidate) -> str | None:
    """Return a candidate's cluster, else its normalised answer; the answer itself only where nobody normalised it."""
    if stored.cluster is not None or stored.normaliser is not None:
        return stored.cluster if stored.cluster is not None else stored.normalised
    return stored.normalised if stored.normalised is not None else stored.answer


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
