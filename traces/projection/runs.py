"""What events do to a run's row."""

from __future__ import annotations

from deliberation.events import (
    AnswerSelected,
    GapReported,
    RunEnded,
    RunStarted,
    TagsChanged,
)
from deliberation.vocabulary import TERMINAL_STATES, ObservedState
from traces.projection.sessions import claim_session
from traces.projection.states import RunState
from traces.projection.strategy import state_strategy
from traces.projection.texts import ANSWER_CHARS, PREVIEW_CHARS, cut, fact

MAX_NAMES = 256
"""Of a run's models and tags: its row is written with every pass, and must stay small."""
MAX_MISSING = 2**62
TERMINAL = frozenset(state.value for state in TERMINAL_STATES)
BEFORE_START = (ObservedState.QUEUED.value, ObservedState.STARTING.value)


def apply_start(run: RunState, event: RunStarted, seq: int) -> None:
    """Fold how the system means to go about it. What was stated first stands."""
    if event.at is not None:
        run.started_ns = event.at if run.started_ns is None else min(run.started_ns, event.at)
    for column, value in (
        ("name", event.name and cut(event.name, PREVIEW_CHARS)),
        ("task", event.task and cut(event.task, ANSWER_CHARS)),
        ("effort", fact(event.effort)),
        ("tier", fact(event.tier)),
        ("high_compute", event.high_compute),
        ("replay_of", fact(event.replay_of)),
        ("replay_mode", event.replay_mode and event.replay_mode.value),
        ("replay_job", fact(event.replay_job)),
        ("from_node", event.from_node),
    ):
        if value is not None and getattr(run, column) is None:
            setattr(run, column, value)
    if event.entry_point is not None and run.entry_point is None:
        # One entry states all of a program, or a version would be told of another's code.
        run.entry_point, run.program_seq = fact(event.entry_point), seq
        run.entry_version, run.code_digest = fact(event.entry_version), fact(event.code_digest)
    if run.observed_state in BEFORE_START:
        run.observed_state = ObservedState.RUNNING.value
    claim_session(run, event.session_id, event.at, of_run=True)
    state_strategy(run, event.strategy)
    for model in event.models or ():
        note_model(run, model)
    told = (tag for tag in map(fact, event.tags or ()) if tag and tag not in run.tags_off)
    run.tags = list(dict.fromkeys([*run.tags, *told]))[:MAX_NAMES]


def apply_end(run: RunState, event: RunEnded, seq: int) -> None:
    """Fold the end that the program tells. Its first word stands; a second end changes nothing.

    Terminal states are write-once. Where the server had to end the run without the program (it crashed, it never
    confirmed), the state stays so, and what the program tells later of its answer is still kept.
    """
    if run.end_seq is not None or event.state not in TERMINAL_STATES:
        return
    run.end_seq = seq
    if run.observed_state not in TERMINAL:
        run.observed_state, run.ended_ns = event.state.value, event.at
        run.end_inferred = False
    run.stated_confidence = event.stated_confidence
    run.stop_reason = fact(event.stop_reason)
    if event.error is not None:
        run.error = cut(event.error, ANSWER_CHARS)
    if event.answer is not None:
        run.answer, run.answer_seq = cut(event.answer, ANSWER_CHARS), seq


def apply_selection(run: RunState, event: AnswerSelected) -> None:
    """Fold which node was returned, and against which runner-up."""
    run.selected_node, run.runner_up_node = event.node, event.runner_up
    run.rule, run.margin, run.margin_unit = fact(event.rule), event.margin, fact(event.margin_unit)
    run.tie_break = fact(event.tie_break)


def apply_tags(run: RunState, event: TagsChanged) -> None:
    """Fold what a person put on or took off: it stands whatever the program tells, before or after."""
    added = list(filter(None, map(fact, event.added or ())))
    removed = list(filter(None, map(fact, event.removed or ())))
    stay = [tag for tag in run.tags if tag not in removed]
    run.tags = list(dict.fromkeys([*stay, *added]))[:MAX_NAMES]
    off = dict.fromkeys([*run.tags_off, *removed])
    run.tags_off = [tag for tag in off if tag not in added][:MAX_NAMES]


def apply_gap(run: RunState, event: GapReported) -> None:
    """Count what is known to be missing."""
    run.missing_events = min(run.missing_events + max(event.missing, 0), MAX_MISSING)


def note_model(run: RunState, model: str) -> None:
    """Remember that the run called this model."""
    name = fact(model)
    if name and name not in run.model_names and len(run.model_names) < MAX_NAMES:
        run.model_names = sorted([*run.model_names, name])
