"""Runs of which no end was reported: the server's inference that they are over, and what takes it back."""

from __future__ import annotations

from deliberation.events import (
    AnswerSelected,
    AttemptAttached,
    CandidateProposed,
    EdgeDrawn,
    Event,
    FateDecided,
    MessageObserved,
    NodeScored,
    RunQuieted,
    RunStarted,
    StateReported,
    ValueDrawn,
)
from deliberation.events.node_facts import NodeFacts
from deliberation.events.server_made import SERVER_KEYS
from deliberation.vocabulary import ObservedState, SilenceCause
from traces.models.run import WORKING_STATES
from traces.projection.states import RunState

SIGNS_OF_LIFE = (
    RunStarted,
    NodeFacts,
    MessageObserved,
    NodeScored,
    CandidateProposed,
    FateDecided,
    AnswerSelected,
    EdgeDrawn,
    ValueDrawn,
)
"""What tells of a run's work. A verdict does not: answers are judged long after they were given."""

KNOW_BETTER = (AttemptAttached, StateReported)
"""A process holds the run, or its lease tells its state."""

MINUTE, HOUR = 60, 3600


def apply_silence(run: RunState, event: RunQuieted) -> None:
    """Fold the inference. A state that was reported meanwhile stands, an end first of all."""
    if run.observed_state not in WORKING_STATES:
        return
    run.observed_state, run.end_inferred = ObservedState.LOST.value, True
    run.ended_ns, run.stop_reason = event.ended_at, _why(event)


def shows_life(event: Event) -> bool:
    """Return True for what its source says of a run's work; a cost that was computed again says nothing of it."""
    if isinstance(event, KNOW_BETTER):
        return True
    return isinstance(event, SIGNS_OF_LIFE) and not event.key.startswith(SERVER_KEYS)


def take_back(run: RunState, event: Event) -> None:
    """The run was not over: it goes on as if nothing had been inferred. A reported state says itself how."""
    run.end_inferred = False
    run.ended_ns = run.stop_reason = None
    if not isinstance(event, StateReported):
        run.observed_state = ObservedState.RUNNING.value


def _why(event: RunQuieted) -> str:
    if event.cause is SilenceCause.FILE_READ:
        return "the file ends before the run does"
    return f"nothing heard for {_span(event.quiet_seconds or 0)}"


def _span(seconds: int) -> str:
    for size, word in ((HOUR, "h"), (MINUTE, "min")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {word}"
    return f"{seconds} s"
