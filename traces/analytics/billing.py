"""Which nodes' tokens and money add up to the run's total: each billable call once. Pure."""

from __future__ import annotations

from enum import StrEnum

from deliberation.vocabulary import NodeKind


class SetAside(StrEnum):
    """Why a node's own tokens and money are shown and not added again."""

    REPEATED_BELOW = "repeated_below"
    """Nodes under it state their tokens themselves: it is an outer span of one call, or an agent's sum."""
    SAME_RESPONSE = "same_response"
    """Another instrumentation reports the same response of the provider, and says more."""
    REPLAYED = "replayed"
    """It was answered from the recording of another run, where it is told: nothing was spent."""


CALLS = frozenset({NodeKind.MODEL_CALL.value, NodeKind.RETRIEVAL.value})


def set_aside(
    *,
    kind: str,
    is_instrumented: bool,
    cost_basis: str | None,
    usage_below: bool,
    is_twin: bool,
    is_replayed: bool = False,
) -> SetAside | None:
    """Return why a node's amounts do not count, or None when they do.

    By descendants first: what the nodes below state is the finer account. Spans are nested when one wraps the other, so
    an instrumented call repeats the calls below it; in native events a call may be the parent of the next step of a
    search, and what it states is its own. A node that is no call has an amount of its own only when its source says how
    the figure came to stand on it (`cost_basis`). Then by response.
    """
    if is_replayed:
        return SetAside.REPLAYED
    repeats = is_instrumented if kind in CALLS else cost_basis is None
    if usage_below and repeats:
        return SetAside.REPEATED_BELOW
    return SetAside.SAME_RESPONSE if is_twin else None


def is_told_again(aside: str | None) -> bool:
    """Return True where a node is another account of what is told of this run elsewhere, samples under it included."""
    return aside is not None and aside != SetAside.REPLAYED


def adds_tokens(kind: str) -> bool:
    """Return True when a node's tokens are tokens of deliberation.

    What an embedding model reads for a look-up is priced and is part of the cost; as tokens it is of another kind,
    and stays on its node.
    """
    return kind != NodeKind.RETRIEVAL.value
