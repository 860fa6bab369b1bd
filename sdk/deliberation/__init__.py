"""Make a deliberation inspectable: the vocabulary, the client, the ledger.

import deliberation as dl

with dl.run("answer the question", strategy="best_of_n") as run:
    with run.node("sample") as sample:
        sample.candidate(answer="42")
    run.finish(selected=sample, rule="first")
"""

from deliberation import otel
from deliberation.client import (
    Approval,
    Client,
    Joined,
    ModelCall,
    Node,
    Run,
    Settings,
    Stats,
    ToolCall,
    Verdict,
    VerifierCall,
    configure,
    current,
    flush,
    join,
    run,
    stats,
)
from deliberation.control import (
    Cause,
    Heard,
    LimitExceeded,
    NotApproved,
    OnDisconnect,
    Stopped,
    shielded,
)
from deliberation.replay import Diverged, RecordedError, entry_point
from deliberation.vocabulary import (
    Budget,
    Cost,
    CostProvenance,
    Dimension,
    DiscardReason,
    EdgeKind,
    Fate,
    Independence,
    NodeKind,
    NodeStatus,
    ObservedState,
    OnHit,
    Risk,
    SideEffect,
    Strategy,
    TextVisibility,
    Usage,
    VerdictOutcome,
    VerifierKind,
)

__version__ = "0.1.0"

__all__ = [
    "Approval",
    "Budget",
    "Cause",
    "Client",
    "Cost",
    "CostProvenance",
    "Dimension",
    "DiscardReason",
    "Diverged",
    "EdgeKind",
    "Fate",
    "Heard",
    "Independence",
    "Joined",
    "LimitExceeded",
    "ModelCall",
    "Node",
    "NodeKind",
    "NodeStatus",
    "NotApproved",
    "ObservedState",
    "OnDisconnect",
    "OnHit",
    "RecordedError",
    "Risk",
    "Run",
    "Settings",
    "SideEffect",
    "Stats",
    "Stopped",
    "Strategy",
    "TextVisibility",
    "ToolCall",
    "Usage",
    "Verdict",
    "VerdictOutcome",
    "VerifierCall",
    "VerifierKind",
    "configure",
    "current",
    "entry_point",
    "flush",
    "join",
    "otel",
    "run",
    "shielded",
    "stats",
]
