"""Replays as pages and the API show them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deliberation.vocabulary import Fidelity, ReplayMode
from traces.analytics.fidelity import Judged
from traces.models import Replay, Run
from traces.models.replay import HELD, OPEN, ReplayStage
from traces.queries.access import NotVisible, Who, as_uuid, as_viewer, see_run

SHOWN = 50
SAME = (
    "id", "of_run", "run_id", "earlier_runs", "by", "asked_ns", "from_node", "from_seq", "overrides",
    "is_strict", "entry_point", "attempts", "runner_name", "expires_ns", "claimed_ns",
    "running_ns", "ended_ns", "cancelled_by", "reason", "last_words",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The digest that the original states of its code, and that of what replays it; None where nobody said."""

    recorded: str | None
    runner: str | None

    @property
    def same(self) -> bool | None:
        """Whether both are of the same source; None where that is not known."""
        return None if None in (self.recorded, self.runner) else self.recorded == self.runner


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRow:
    """One replay. Times in ns since 1970 by the database's clock.

    `expires_ns` is the end of the lease, of one that waits until when it does. `judged` is None until both ledgers
    tell. `run` is the row of `run_id`, None as long as its program told nothing; `died_in` are those of the earlier
    runs of which a program told something. `waits_for_point` says that another replay of the same point is not over.
    """

    id: uuid.UUID
    of_run: uuid.UUID
    run_id: uuid.UUID
    earlier_runs: list[uuid.UUID]
    by: str
    asked_ns: int
    mode: ReplayMode
    from_node: str | None
    from_seq: int | None
    overrides: Mapping[str, Any]
    is_strict: bool
    entry_point: str
    stage: ReplayStage
    attempts: int
    runner_name: str | None
    expires_ns: int
    claimed_ns: int | None
    running_ns: int | None
    ended_ns: int | None
    cancelled_by: str | None
    reason: str | None
    last_words: str | None
    judged: Judged | None
    code: Code
    run: Run | None
    died_in: list[uuid.UUID]
    waits_for_point: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self.stage not in OPEN

    @property
    def is_ending(self) -> bool:
        """Whether somebody asked that it end, and its runner has not said that it did."""
        return self.cancelled_by is not None and self.stage in HELD

    @property
    def is_lowered(self) -> bool:
        """Whether the badge says less than the word: what repeated the run was not known to be the same code."""
        return self.code.same is False


def list_replays(*, who: Who, run_id: str | uuid.UUID) -> list[ReplayRow]:
    """Return the newest replays of a run. Raises NotVisible."""
    run = see_run(who, run_id)
    return _rows(Replay.objects.filter(of_run=run.pk).order_by("-asked_ns", "-pk")[:SHOWN])


def get_replay(*, who: Who, replay_id: str | uuid.UUID) -> ReplayRow:
    """Return one replay. Raises NotVisible."""
    return _rows([find_replay(who=who, replay_id=replay_id)])[0]


def find_replay(*, who: Who, replay_id: str | uuid.UUID) -> Replay:
    """Return the row itself, for whoever acts on it. Raises NotVisible."""
    allowed = Replay.objects.filter(project_id__in=as_viewer(who).project_ids)
    found = allowed.filter(pk=as_uuid(replay_id)).first()
    if found is None:
        raise NotVisible
    return found


def replay_of_run(*, who: Who, run_id: str | uuid.UUID) -> ReplayRow | None:
    """Return the replay that a run is an attempt of; None where nobody asked for it here. Raises NotVisible."""
    run = see_run(who, run_id)
    found = Replay.objects.filter(run_id=run.pk) | Replay.objects.filter(
        earlier_runs__contains=[run.pk], project_id=run.project_id
    )
    rows = _rows(found[:1]) if run.replay_of else []
    return rows[0] if rows else None


def judged_of(plain: Mapping[str, Any] | None) -> Judged | None:
    """Return a judgement as it was stored."""
    if plain is None:
        return None
    word = plain["word"]
    return Judged(**{**plain, "word": None if word is None else Fidelity(word)})


def _rows(found: Iterable[Replay]) -> list[ReplayRow]:
    replays = list(found)
    made = [run_id for each in replays for run_id in (each.run_id, *each.earlier_runs)]
    runs = Run.objects.filter(pk__in=made, size__gt=0)
    by_id = {run.pk: run for run in runs}
    points = {(each.of_run, each.point) for each in replays if each.stage == ReplayStage.WAITING}
    held = Replay.objects.filter(stage__in=HELD, of_run__in={of_run for of_run, _ in points})
    busy = points & set(held.values_list("of_run", "point")) if points else set()
    return [_row(each, by_id, (each.of_run, each.point) in busy) for each in replays]


def _row(found: Replay, runs: Mapping[uuid.UUID, Run], waits_for_point: bool) -> ReplayRow:
    run = runs.get(found.run_id)
    told = run.code_digest if run is not None else None
    return ReplayRow(
        **{name: getattr(found, name) for name in SAME},
        mode=ReplayMode(found.mode),
        stage=ReplayStage(found.stage),
        judged=judged_of(found.judged),
        code=Code(recorded=found.code_digest, runner=told or found.runner_digest),
        run=run,
        died_in=[run_id for run_id in found.earlier_runs if run_id in runs],
        waits_for_point=waits_for_point and found.stage == ReplayStage.WAITING,
    )
