"""How truly a run repeats another, read from both ledgers. The callers have checked both runs."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator

from deliberation.events import RunEnded
from deliberation.vocabulary import ReplayMode
from traces.analytics.fidelity import Call, Judged, judge
from traces.models import Run
from traces.queries.beginnings import begin_of
from traces.queries.ledger import read_entries
from traces.queries.recording import ANSWERS, RecordedCall, read_calls


def read_fidelity(*, original: Run, replay: Run) -> Judged | None:
    """Return the judgement of a run that says which it replays, and how; None where it does not say."""
    if replay.replay_mode is None:
        return None
    mode = ReplayMode(replay.replay_mode)
    return judge(
        mode=mode,
        original=_calls(original.pk, fork_seq(original, replay)),
        replay=_calls(replay.pk),
        last_seq=original.size - 1,
        same_answer=_same_answer(original, replay),
    )


def fork_seq(original: Run, replay: Run) -> int | None:
    """Return the entry of the original from which a fork is live; None for what is no fork, or has no such node."""
    if replay.replay_mode != ReplayMode.FORK.value or replay.from_node is None:
        return None
    return begin_of(original.pk, replay.from_node)


def _calls(run_id: uuid.UUID, until_seq: int | None = None) -> Iterator[Call]:
    for call in read_calls(run_id, until_seq):
        yield Call(call.call_key, call.place, _outcome(call))


def _outcome(call: RecordedCall) -> bytes | None:
    """Return a digest of what came of a call; None where that is not there any more, or was never a value.

    Of an error its class and arguments: where in a program it was raised is another matter.
    """
    if call.ended_seq is None:
        return b"no end"
    if call.gone & ANSWERS or not (call.output_form is None or call.output_form.is_exact):
        return None
    raised = call.raised if call.raised is not None else call.error is not None
    return hashlib.sha256(json.dumps([call.output, raised]).encode()).digest()


def _same_answer(original: Run, replay: Run) -> bool | None:
    told = [each.answer_seq is not None for each in (original, replay)]
    if not all(told):
        return False if any(told) else None
    ours, theirs = (_answer(each) for each in (original, replay))
    return None if ours is None or theirs is None else ours == theirs


def _answer(run: Run) -> str | None:
    if run.answer_seq is None:
        return None
    events = [entry.event for entry in read_entries(run.pk, [run.answer_seq])]
    return next((event.answer for event in events if isinstance(event, RunEnded)), None)
