"""The event vocabulary: everything that can be said about a deliberation, one kind per file.

The event is the only currency. Whatever comes in becomes these; whatever is shown is computed from these.
"""

from deliberation.events.answer_selected import AnswerSelected
from deliberation.events.base import Event
from deliberation.events.candidate_proposed import CandidateProposed
from deliberation.events.edge_drawn import EdgeDrawn
from deliberation.events.fate_decided import FateDecided
from deliberation.events.gap_reported import GapReported
from deliberation.events.message_observed import MessageObserved
from deliberation.events.node_ended import NodeEnded
from deliberation.events.node_observed import NodeObserved
from deliberation.events.node_scored import NodeScored
from deliberation.events.node_started import NodeStarted
from deliberation.events.run_ended import RunEnded
from deliberation.events.run_opened import RunOpened
from deliberation.events.run_started import RunStarted
from deliberation.events.verdict_given import VerdictGiven

EVENT_CLASSES: tuple[type[Event], ...] = (
    RunOpened,
    RunStarted,
    RunEnded,
    NodeStarted,
    NodeEnded,
    NodeObserved,
    MessageObserved,
    NodeScored,
    FateDecided,
    CandidateProposed,
    VerdictGiven,
    AnswerSelected,
    EdgeDrawn,
    GapReported,
)

__all__ = [
    "EVENT_CLASSES",
    "AnswerSelected",
    "CandidateProposed",
    "EdgeDrawn",
    "Event",
    "FateDecided",
    "GapReported",
    "MessageObserved",
    "NodeEnded",
    "NodeObserved",
    "NodeScored",
    "NodeStarted",
    "RunEnded",
    "RunOpened",
    "RunStarted",
    "VerdictGiven",
]
