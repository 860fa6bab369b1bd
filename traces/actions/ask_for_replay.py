"""Ask for a replay of a run, or ask that one ends. Rows only: a runner does it.

Guarantee: when this returns, the replay is committed, and waits for a runner until it expires. The same request again
is the same replay, and so is another that wants the same while the first is open. Dying before leaves nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from deliberation.ids import make_run_id
from deliberation.vocabulary import ReplayMode
from traces.actions.conflict import Unfit
from traces.actions.replay_wish import ReplayWish, check_wish
from traces.actions.tell_run import Randbytes, lock_run
from traces.models import Replay, Run
from traces.models.replay import HELD, OPEN, ReplayStage
from traces.queries.beginnings import begin_of
from traces.queries.patience import SECOND
from traces.queries.replayable import Obstacle, find_obstacles

MAX_OPEN = 20
"""Of one run. Each is a program that somebody has to run."""


class NotReplayable(Exception):
    """The run cannot be replayed in this mode: 409, with what stands in the way and the modes that are open."""

    def __init__(self, obstacle: Obstacle, offered: tuple[ReplayMode, ...]) -> None:
        super().__init__(obstacle.sentence)
        self.obstacle = obstacle
        self.offered = offered


@dataclass(frozen=True, slots=True)
class Asked:
    """The replay, and whether it was made now."""

    replay: Replay
    is_new: bool


def ask_for_replay(
    *, run: Run, wish: ReplayWish, by: str, now_ns: int, randbytes: Randbytes
) -> Asked:
    """Put down that a replay is wanted, in the name of `by`. Raises Unfit and NotReplayable."""
    check_wish(wish)
    obstacles = find_obstacles(run)
    with transaction.atomic():
        lock_run(run.pk, may_be_foreign=True)  # whoever asks at the same moment waits, and finds it
        known = _find(run.pk, wish)
        if known is not None:
            return Asked(known, is_new=False)
        if (found := obstacles[wish.mode]) is not None:
            raise NotReplayable(found, tuple(each for each in ReplayMode if not obstacles[each]))
        if Replay.objects.filter(of_run=run.pk, stage__in=OPEN).count() >= MAX_OPEN:
            sentence = gettext("{most} replays of this run are under way: wait for one")
            raise Unfit("run_id", sentence.format(most=MAX_OPEN))
        return Asked(_make(run, wish, by, now_ns, randbytes), is_new=True)


def cancel_replay(*, replay_id: uuid.UUID, by: str, now_ns: int) -> bool:
    """End a replay; False when it was over already.

    One that waits is cancelled at once. One that a runner has is so when the runner says that its program has ended, or
    is heard of no more.
    """
    waiting = Replay.objects.filter(pk=replay_id, stage=ReplayStage.WAITING)
    if waiting.update(stage=ReplayStage.CANCELLED, cancelled_by=by, ended_ns=now_ns):
        return True
    held = Replay.objects.filter(pk=replay_id, stage__in=HELD)
    return bool(held.filter(cancelled_by=None).update(cancelled_by=by) or held.exists())


def new_run_id(now_ns: int, randbytes: Randbytes) -> uuid.UUID:
    """Return the id that the next attempt records its run under."""
    return uuid.UUID(make_run_id(now_ns, randbytes))


def waits_until(now_ns: int) -> int:
    """Return until when a replay that is put down now waits for a runner."""
    return now_ns + settings.REPLAY_WAIT_SECONDS * SECOND


def _find(run_id: uuid.UUID, wish: ReplayWish) -> Replay | None:
    replays = Replay.objects.filter(of_run=run_id)
    same = replays.filter(request_id=wish.request_id).first()
    return same or replays.filter(likeness=wish.likeness, stage__in=OPEN).first()


def _make(run: Run, wish: ReplayWish, by: str, now_ns: int, randbytes: Randbytes) -> Replay:
    return Replay.objects.create(
        id=new_run_id(now_ns, randbytes),
        project_id=run.project_id,
        of_run=run.pk,
        run_id=new_run_id(now_ns, randbytes),
        by=by,
        request_id=wish.request_id,
        likeness=wish.likeness,
        point=wish.point,
        asked_ns=now_ns,
        mode=wish.mode.value,
        from_node=wish.from_node,
        from_seq=_seq_of(run, wish.from_node),
        overrides=dict(wish.overrides),
        is_strict=wish.is_strict,
        entry_point=run.entry_point or "",
        code_digest=run.code_digest,
        expires_ns=waits_until(now_ns),
    )


def _seq_of(run: Run, node_id: str | None) -> int | None:
    if node_id is None:
        return None
    found = begin_of(run.pk, node_id)
    if found is None:
        raise Unfit("from_node", gettext("is no node of the run"))
    return found
