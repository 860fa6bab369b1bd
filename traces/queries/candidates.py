"""Everything that could have been the answer: candidates, their clusters, and who said what of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from traces.queries.access import Who
from traces.queries.verdicts import VerdictRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """One candidate. `verdicts` is verifier → its latest verdict; `answer` has at most 2,000 characters."""

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
    raise NotImplementedError
