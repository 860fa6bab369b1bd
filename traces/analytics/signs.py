"""What in a run tells how it went about its task: each node bears some signs, and a run counts them.

A node's signs are the bits of one integer, because they are compared after every event: where two are equal, nothing
has to be counted anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from deliberation.vocabulary import DiscardReason, NodeKind

KINDS = (
    NodeKind.SAMPLE,
    NodeKind.EXPANSION,
    NodeKind.ROLLOUT,
    NodeKind.PROPOSAL,
    NodeKind.CRITIQUE,
    NodeKind.REVISION,
    NodeKind.AGENT,
    NodeKind.LATENT,
)
"""The kinds of which a run counts how many it has. Calls and tools it counts anyway."""

MARKS = ("scored", "voted", "grouped", "valued", "visited", "pruned", "dead_end")
"""What else nodes bear: attempts that were scored or judged, that votes were counted for, that have a group of equal
answers; nodes with a search's value, with visits, cut for their value, that nothing could follow."""

SIGNS = (*(kind.value for kind in KINDS), *MARKS)
"""In the order of the bits, and of the counts of a run. A new one goes to the end: counts that are stored are short."""

_BIT = {name: 1 << place for place, name in enumerate(SIGNS)}
_OF_KIND = {kind.value: _BIT[kind.value] for kind in KINDS}
_OF_REASON = {
    DiscardReason.OUTVOTED.value: _BIT["voted"],
    DiscardReason.VERIFIER_REJECTED.value: _BIT["scored"],
    DiscardReason.PRUNED_LOW_VALUE.value: _BIT["pruned"],
    DiscardReason.DEAD_END.value: _BIT["dead_end"],
}
_OF_ATTEMPTS = _BIT["scored"] | _BIT["voted"] | _BIT["grouped"]
_SAMPLE = NodeKind.SAMPLE.value
_NONE = (0,) * len(SIGNS)


class Bearer(Protocol):
    """What is looked at of a node's row."""

    kind: str
    is_candidate: bool
    value: float | None
    visits: int | None
    verdict: str | None
    cluster: str | None
    fate_reason: str | None
    fate_votes: int | None


class Signs(NamedTuple):
    """What a run has: nodes by kind and marks on them, in the order of `SIGNS`, the counts that it keeps anyway, and
    the rule that chose."""

    sample: int = 0
    expansion: int = 0
    rollout: int = 0
    proposal: int = 0
    critique: int = 0
    revision: int = 0
    agent: int = 0
    latent: int = 0
    scored: int = 0
    voted: int = 0
    grouped: int = 0
    valued: int = 0
    visited: int = 0
    pruned: int = 0
    dead_end: int = 0
    model_calls: int = 0
    tool_calls: int = 0
    candidates: int = 0
    kept: int = 0
    rule: str | None = None


def signs_on(node: Bearer) -> int:
    """Return the signs that a node bears, as bits in the order of `SIGNS`."""
    signs = _OF_KIND.get(node.kind, 0)
    if node.value is not None:
        signs |= _BIT["valued"] | _BIT["scored"]
    if node.visits is not None:
        signs |= _BIT["visited"]
    if node.verdict is not None:
        signs |= _BIT["scored"]
    if node.cluster is not None:
        signs |= _BIT["grouped"]
    if node.fate_votes is not None:
        signs |= _BIT["voted"]
    if node.fate_reason is not None:
        signs |= _OF_REASON.get(node.fate_reason, 0)
    # A verdict on the whole answer, or a guard's on an agent, tells nothing of how it was found.
    return signs if node.is_candidate or node.kind == _SAMPLE else signs & ~_OF_ATTEMPTS


def move_counts(counts: Sequence[int], before: int, after: int) -> list[int]:
    """Return a run's counts of signs, brought from what one of its nodes bore to what it bears."""
    moved = [*counts, *_NONE[len(counts) :]]
    for place in range(len(SIGNS)):
        moved[place] += (after >> place & 1) - (before >> place & 1)
    return moved


def signs_of(run: Any) -> Signs:
    """Return the signs of a run's row, stored or in memory."""
    borne = (*run.signs, *_NONE[len(run.signs) :])
    kept_anyway = (run.model_calls, run.tool_calls, run.candidates, run.kept)
    return Signs._make((*borne, *kept_anyway, run.rule))
