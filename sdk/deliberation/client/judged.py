"""What can be said about a node: scores, answers, verdicts, and what became of it."""

from __future__ import annotations

from typing import Any

from deliberation.client.recorder import Recorder
from deliberation.client.values import to_cost
from deliberation.events import (
    CandidateProposed,
    EdgeDrawn,
    FateDecided,
    NodeScored,
    VerdictGiven,
)
from deliberation.vocabulary import (
    Cost,
    DiscardReason,
    EdgeKind,
    Fate,
    Independence,
    VerdictOutcome,
    VerifierKind,
)

Scale = tuple[float, float]


class Verdict:
    """A verdict that was given, to be cited by a discard. `id` is 16 hex digits."""

    __slots__ = ("id", "outcome")

    def __init__(self, id: str, outcome: str) -> None:  # noqa: A002 - what it is
        self.id = id
        self.outcome = outcome


class Judged:
    """A node as the subject of judgements.

    All of it may be said while the node runs or after its end.
    """

    _recorder: Recorder
    id: str
    answer: str | None

    def candidate(
        self,
        *,
        answer: Any = None,
        normalised: str | None = None,
        normaliser: str | None = None,
        cluster: str | None = None,
        votes: int | None = None,
        weight: float | None = None,
        correct: bool | None = None,
    ) -> None:
        """Say that the node holds something that could be returned. What is said again adds to it.

        `normalised` is the answer as it is compared, None when it could not be parsed; `cluster`
        names the group of equal answers. The answer stays readable as `node.answer`.
        """
        if answer is not None:
            self.answer = answer
        self._report(
            CandidateProposed,
            answer=answer,
            normalised=normalised,
            normaliser=normaliser,
            cluster=cluster,
            votes=votes,
            weight=weight,
            correct=correct,
        )

    def score(
        self,
        value: float | None = None,
        *,
        visits: int | None = None,
        prior: float | None = None,
        rank: int | None = None,
        scale: Scale | None = None,
        scorer: str | None = None,
        raw: Any = None,
    ) -> None:
        """Put the search's numbers on the node.

        `scale` is (least, greatest) possible value, in the scorer's unit.
        """
        least, most = _bounds(scale)
        self._report(
            NodeScored,
            value=value,
            scale_min=least,
            scale_max=most,
            visits=visits,
            prior=prior,
            rank=rank,
            scorer=scorer,
            raw=raw,
        )

    def verdict(
        self,
        kind: VerifierKind | str,
        outcome: VerdictOutcome | str,
        *,
        score: float | None = None,
        verifier: str | None = None,
        scale: Scale | None = None,
        threshold: float | None = None,
        independence: Independence | str | None = None,
        saw_reference: bool | None = None,
        checks_total: int | None = None,
        checks_passed: int | None = None,
        by_node: Any = None,
        cost: Cost | str | None = None,
        rationale: Any = None,
        evidence: Any = None,
    ) -> Verdict:
        """Say what a verifier found.

        `verifier` is `name@version`; without it, the kind is the name.
        """
        name, _, version = str(verifier or getattr(kind, "value", kind)).partition("@")
        least, most = _bounds(scale)
        given = Verdict(self._recorder.make_id(), str(getattr(outcome, "value", outcome)))
        self._report(
            VerdictGiven,
            verifier=name,
            version=version or None,
            verifier_kind=kind,
            outcome=outcome,
            verdict=given.id,
            score=score,
            scale_min=least,
            scale_max=most,
            threshold=threshold,
            independence=independence,
            saw_reference=saw_reference,
            checks_total=checks_total,
            checks_passed=checks_passed,
            by_node=getattr(by_node, "id", by_node),
            cost=to_cost(cost),
            rationale=rationale,
            evidence=evidence,
        )
        return given

    def discard(
        self,
        reason: DiscardReason | str,
        *,
        by: str | None = None,
        value: float | None = None,
        cutoff: float | None = None,
        rank: int | None = None,
        votes: int | None = None,
        verdict: Verdict | str | None = None,
        wrongly: bool | None = None,
    ) -> None:
        """Say that the node was thrown away: why, by whom, and on what number."""
        cited = verdict.id if isinstance(verdict, Verdict) else verdict
        numbers = {"value": value, "cutoff": cutoff, "rank": rank, "votes": votes}
        self.decide(Fate.DISCARDED, reason=reason, by=by, verdict=cited, wrongly=wrongly, **numbers)

    def keep(
        self,
        *,
        by: str | None = None,
        value: float | None = None,
        cutoff: float | None = None,
        rank: int | None = None,
        votes: int | None = None,
    ) -> None:
        """Say that the node survived a cut: by whom, and on what number."""
        self.decide(Fate.KEPT, by=by, value=value, cutoff=cutoff, rank=rank, votes=votes)

    def fail(self, *, by: str | None = None) -> None:
        """Say that the node broke before anything could be decided about it."""
        self.decide(Fate.FAILED, by=by)

    def decide(self, fate: Fate, **facts: Any) -> None:
        """Say what became of the node.

        The fields are those of `fate.decided`. The latest decision stands.
        """
        self._report(FateDecided, fate=fate, **facts)

    def edge(self, kind: EdgeKind | str, target: Judged) -> None:
        """Relate this node to another.

        This one `votes_into`, `verifies`, `revises`, … the target.
        """
        self._begin()
        self._recorder.report(
            EdgeDrawn, edge=kind, source=self.id, target=getattr(target, "id", None)
        )

    def _report(self, event_class: Any, **facts: Any) -> None:
        # Whoever is spoken of has begun: a program may judge a node that it never entered.
        self._begin()
        self._recorder.report(event_class, node=self.id, **facts)

    def _begin(self) -> None:
        raise NotImplementedError


def _bounds(scale: Any) -> tuple[Any, Any]:
    if isinstance(scale, (tuple, list)) and len(scale) == 2:
        return scale[0], scale[1]
    return None, None
