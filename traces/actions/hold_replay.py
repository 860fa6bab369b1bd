"""What a runner says of the replay it holds: that it goes on, and how it ended.

Guarantee: only the attempt that holds the lease is believed. An outcome is written once; told again it is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from traces.actions.order import MAX_REASON_CHARS
from traces.models import Replay, Runner
from traces.models.replay import HELD, ReplayStage
from traces.projection.texts import cut
from traces.queries.patience import patience

MAX_LAST_WORDS = 16 * 1024
OUTCOMES = (ReplayStage.COMPLETED.value, ReplayStage.FAILED.value)


class NotHeld(Exception):
    """The replay is another attempt's, or is over: 409, and the runner ends the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a program ended, and the end of what it printed."""

    state: str
    reason: str | None = None
    last_words: str | None = None


def hold_replay(
    *, replay: Replay, runner: Runner, attempt: int, now_ns: int, last_words: str | None = None
) -> bool:
    """Keep the lease, and say that the program runs; return whether it is to be ended. Raises NotHeld.

    `last_words` are kept as they come: should the runner die, they are all that is known of why.
    """
    held = Replay.objects.filter(pk=replay.pk, runner=runner, attempts=attempt, stage__in=HELD)
    expires_ns = now_ns + patience().lease
    held.filter(stage=ReplayStage.CLAIMED).update(stage=ReplayStage.RUNNING, running_ns=now_ns)
    words = {} if last_words is None else {"last_words": _tail(last_words)}
    if not held.update(expires_ns=expires_ns, **words):
        raise NotHeld(f"attempt {attempt} does not hold this replay any more")
    Runner.objects.filter(pk=runner.pk).update(heard_ns=now_ns, expires_ns=expires_ns)
    return held.filter(cancelled_by__isnull=False).exists()


def end_replay(
    *, replay: Replay, runner: Runner, attempt: int, outcome: Outcome, now_ns: int
) -> None:
    """Write down how the attempt ended. Raises NotHeld where another attempt has the replay, or ended it otherwise."""
    mine = Replay.objects.filter(pk=replay.pk, runner=runner, attempts=attempt)
    told = {
        "ended_ns": now_ns,
        "reason": cut(outcome.reason, MAX_REASON_CHARS) if outcome.reason else None,
        "last_words": outcome.last_words and _tail(outcome.last_words),
    }
    held = mine.filter(stage__in=HELD)
    # What ended by itself before it heard that it was to end has an end of its own.
    is_cut = outcome.state == ReplayStage.FAILED
    if is_cut and held.filter(cancelled_by__isnull=False).update(
        stage=ReplayStage.CANCELLED, **told
    ):
        return
    if held.update(stage=outcome.state, **told):
        return
    same = (outcome.state, ReplayStage.CANCELLED.value) if is_cut else (outcome.state,)
    if not mine.filter(stage__in=same).exists():
        raise NotHeld(f"attempt {attempt} does not hold this replay any more")


def _tail(words: str) -> str:
    return cut(words[-MAX_LAST_WORDS:], MAX_LAST_WORDS)
