"""The words of test-time compute, each defined once.

Server, client, verifier and documentation all import these; nothing here imports anything of ours.
"""

from deliberation.vocabulary.budget import DIMENSIONS, Budget, OnHit
from deliberation.vocabulary.calls import (
    CostBasis,
    CostProvenance,
    MessageDirection,
    SideEffect,
    TextVisibility,
)
from deliberation.vocabulary.edges import EdgeKind
from deliberation.vocabulary.fates import DiscardReason, Fate
from deliberation.vocabulary.kinds import NodeKind, NodeStatus
from deliberation.vocabulary.measures import Cost, Usage
from deliberation.vocabulary.states import TERMINAL_STATES, DesiredState, ObservedState
from deliberation.vocabulary.strategies import Strategy
from deliberation.vocabulary.verdicts import Independence, VerdictOutcome, VerifierKind

__all__ = [
    "DIMENSIONS",
    "TERMINAL_STATES",
    "Budget",
    "Cost",
    "CostBasis",
    "CostProvenance",
    "DesiredState",
    "DiscardReason",
    "EdgeKind",
    "Fate",
    "Independence",
    "MessageDirection",
    "NodeKind",
    "NodeStatus",
    "ObservedState",
    "OnHit",
    "SideEffect",
    "Strategy",
    "TextVisibility",
    "Usage",
    "VerdictOutcome",
    "VerifierKind",
]
