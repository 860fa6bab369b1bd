"""The shapes of discarded paths in the API."""

from __future__ import annotations

from ninja import Field, Schema

from traces.api.forms import decimal_text
from traces.api.run_shapes import DiscardedShare
from traces.api.verdict_shapes import Verdict
from traces.queries import discarded_paths
from traces.queries.graveyard import Group

GROUPS_AT_MOST = 1_000


class CauseSums(Schema):
    """The paths of one reason and decider; null is not recorded. Sums are of whole subtrees, each node once."""

    reason: str | None
    by: str | None
    paths: int
    wrongly: int = Field(description="How many of them are known to have been right")
    nodes: int
    tokens: int | None
    cost: str | None

    @classmethod
    def of(cls, group: Group) -> CauseSums:
        """Return the shape of a group."""
        return cls(
            reason=group.reason,
            by=group.by,
            paths=group.paths,
            wrongly=group.wrongly,
            nodes=group.nodes,
            tokens=group.tokens,
            cost=decimal_text(group.cost),
        )


class WhyRight(Schema):
    """Why a path is known to have been right."""

    basis: str = Field(description="stated, outcome, reference, same_answer or exact_check")
    node_id: str = Field(
        description="The node that was right: the path's own, or a candidate in it"
    )
    verifier: str | None
    verifier_kind: str | None
    same_as: str | None = Field(description="The candidate that has its answer and is right")

    @classmethod
    def of(cls, path: discarded_paths.DiscardedPath) -> WhyRight | None:
        """Return the shape, or None for a path that is not known to have been right."""
        why = path.why_right
        if why is None:
            return None
        return cls(
            basis=why.right.basis.value,
            node_id=why.at.node_id if why.at else path.node.node_id,
            verifier=why.right.verifier,
            verifier_kind=why.right.verifier_kind,
            same_as=why.right.same_as,
        )


class DiscardedPath(Schema):
    """A discarded node with all that hangs under it. What was discarded inside it is in its sums, and nowhere else."""

    node_id: str
    ordinal: int
    kind: str
    name: str | None
    preview: str | None = Field(description="At most 200 characters")
    reason: str | None
    by: str | None
    value: float | None = Field(description="The number it was decided on, else its latest value")
    value_scale: str | None
    cutoff: float | None
    rank: int | None
    votes: int | None
    verdict: str | None = Field(description="The id of the verdict that is cited")
    verdicts: list[Verdict] = Field(description="What verifiers said of the node itself")
    nodes: int
    tokens: int | None
    cost: str | None
    inside: int = Field(description="Further discarded nodes in it")
    holds_answer: bool = Field(description="What was returned hangs under it")
    wrongly: WhyRight | None

    @classmethod
    def of(cls, path: discarded_paths.DiscardedPath) -> DiscardedPath:
        """Return the shape of a path."""
        node, decided = path.node, path.decided
        same = ("node_id", "ordinal", "kind", "name", "preview", "value_scale")
        return cls(
            **{name: getattr(node, name) for name in same},
            reason=path.cause[0],
            by=path.cause[1],
            value=decided.value if decided.value is not None else node.value,
            cutoff=decided.cutoff,
            rank=decided.rank,
            votes=decided.votes,
            verdict=decided.verdict,
            verdicts=[Verdict.of(each) for each in node.verdicts],
            nodes=node.subtree.nodes,
            tokens=node.subtree.tokens,
            cost=decimal_text(node.subtree.cost),
            inside=path.inside,
            holds_answer=path.holds_answer,
            wrongly=WhyRight.of(path),
        )


class DiscardedPaths(Schema):
    """Some paths, wrongly discarded ones first, then by cause; `groups` and `total` are of the whole run."""

    items: list[DiscardedPath]
    next: str | None
    paths: int
    wrongly: int
    total: DiscardedShare
    groups: list[CauseSums] = Field(description="The 1,000 of the most nodes, in that order")
    returned_right: bool | None = Field(
        description="Whether what was returned is known to be right"
    )

    @classmethod
    def of(cls, page: discarded_paths.DiscardedPage) -> DiscardedPaths:
        """Return the shape of a page."""
        return cls(
            items=[DiscardedPath.of(each) for each in page.items],
            next=page.next,
            paths=page.paths,
            wrongly=page.wrongly,
            total=DiscardedShare.of(page.total),
            groups=[CauseSums.of(each) for each in page.groups[:GROUPS_AT_MOST]],
            returned_right=page.returned_right,
        )
