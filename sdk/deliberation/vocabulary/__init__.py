"""The words of test-time compute, each defined once.

Server, client, verifier and documentation all import these; nothing here imports anything of ours.
"""

from deliberation.vocabulary.approval_rules import ALWAYS, ApprovalRule
from deliberation.vocabulary.approvals import ApprovalStatus, Decision, PermitRefusal, Risk
from deliberation.vocabulary.budget import (
    DIMENSIONS,
    Budget,
    BudgetSource,
    Dimension,
    Limit,
    LimitKind,
    OnHit,
    SpendBasis,
)
from deliberation.vocabulary.calls import (
    CostBasis,
    CostProvenance,
    MessageDirection,
    SideEffect,
    TextVisibility,
)
from deliberation.vocabulary.control import (
    MOVES,
    STRENGTH,
    ActorKind,
    Applies,
    CommandKind,
    CommandStage,
    Reporter,
    applies,
)
from deliberation.vocabulary.edges import EdgeKind
from deliberation.vocabulary.fates import DiscardReason, Fate
from deliberation.vocabulary.kinds import NodeKind, NodeStatus
from deliberation.vocabulary.measures import Cost, Usage
from deliberation.vocabulary.removals import RedactionRule, RemovalKind, RemovalOutcome
from deliberation.vocabulary.replays import (
    AfterDifference,
    CallSort,
    Difference,
    Fidelity,
    ReplayMode,
    TextForm,
)
from deliberation.vocabulary.reviews import Rating, SignOff
from deliberation.vocabulary.states import (
    TERMINAL_STATES,
    DesiredState,
    ObservedState,
    SilenceCause,
)
from deliberation.vocabulary.strategies import Strategy, StrategySource
from deliberation.vocabulary.verdicts import Independence, VerdictOutcome, VerifierKind

__all__ = [
    "ALWAYS",
    "DIMENSIONS",
    "MOVES",
    "STRENGTH",
    "TERMINAL_STATES",
    "ActorKind",
    "AfterDifference",
    "Applies",
    "ApprovalRule",
    "ApprovalStatus",
    "Budget",
    "BudgetSource",
    "CallSort",
    "CommandKind",
    "CommandStage",
    "Cost",
    "CostBasis",
    "CostProvenance",
    "Decision",
    "DesiredState",
    "Difference",
    "Dimension",
    "DiscardReason",
    "EdgeKind",
    "Fate",
    "Fidelity",
    "Independence",
    "Limit",
    "LimitKind",
    "MessageDirection",
    "NodeKind",
    "NodeStatus",
    "ObservedState",
    "OnHit",
    "PermitRefusal",
    "Rating",
    "RedactionRule",
    "RemovalKind",
    "RemovalOutcome",
    "ReplayMode",
    "Reporter",
    "Risk",
    "SideEffect",
    "SignOff",
    "SilenceCause",
    "SpendBasis",
    "Strategy",
    "StrategySource",
    "TextForm",
    "TextVisibility",
    "Usage",
    "VerdictOutcome",
    "VerifierKind",
    "applies",
]
