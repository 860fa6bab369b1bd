"""The shapes of replays in the API."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.vocabulary import Fidelity, ReplayMode
from traces.actions.ask_for_replay import NotReplayable
from traces.actions.replay_wish import ReplayWish
from traces.api.forms import rfc3339
from traces.api.problems import Problem
from traces.models.replay import ReplayStage
from traces.queries.replays import ReplayRow

TIMES = ("asked", "claimed", "running", "ended")


class ReplayToMake(Schema):
    """What a replay is to be. The same `request_id` again is the same replay."""

    model_config = ConfigDict(extra="forbid")

    mode: ReplayMode
    from_node: str | None = Field(
        default=None, max_length=64, description="Of a fork: the first node that is live"
    )
    overrides: dict[str, Any] = Field(
        default={},
        description="Of a fork or a live replay: `budget` (dimension → hard limit as a decimal string), `model`, "
        "`prompt`, `temperature`, `seed`, `n`, `width`, or any parameter of the program; at most 16 KiB",
        examples=[{"budget": {"model_calls": "8"}, "temperature": 0.2}],
    )
    strict: bool = Field(default=True, description="Stop at the first difference")
    request_id: str | None = Field(
        default=None, description="The asker's own: 1 to 64 letters, digits and . _ : -"
    )

    def wish(self) -> ReplayWish:
        """Return what is asked for, for the action."""
        return ReplayWish(
            request_id=self.request_id if self.request_id is not None else str(uuid.uuid4()),
            mode=self.mode,
            from_node=self.from_node,
            overrides=self.overrides,
            is_strict=self.strict,
        )


class CallsOfReplay(Schema):
    """How many calls came to what is recorded, are new, came to something else, or were never made."""

    recorded: int
    live: int
    diverged: int
    unused: int
    unknown: int = Field(description="Of which texts were taken away since")


class FidelityOfReplay(Schema):
    """How truly it repeats, by both ledgers. `word` is null until that is known, or where it cannot be told."""

    word: Fidelity | None
    diverged_at_seq: int | None
    calls: CallsOfReplay | None
    lowered: bool = Field(description="It was repeated by other code than was recorded")


class CodeOfReplay(Schema):
    """The digests that the original and the replay state of their code; `same` is null where one is not known."""

    recorded: str | None
    runner: str | None
    same: bool | None


class Replay(Schema):
    """A replay, with a time for each stage that it came through."""

    id: str
    of_run: str
    run_id: str = Field(description="The run that it makes, known before its program begins")
    earlier_runs: list[str] = Field(description="Of attempts whose runner died")
    by: str
    mode: ReplayMode
    from_node: str | None
    overrides: dict[str, Any]
    strict: bool
    entry_point: str
    stage: ReplayStage
    asked_at: str | None
    claimed_at: str | None
    running_at: str | None
    ended_at: str | None
    waits_until: str | None = Field(description="Of one that waits for a runner: when it expires")
    runner: str | None
    attempts: int
    cancelled_by: str | None
    reason: str | None
    last_words: str | None
    fidelity: FidelityOfReplay
    code: CodeOfReplay

    @classmethod
    def of(cls, row: ReplayRow) -> Replay:
        """Return the shape of a replay."""
        same = ("by", "mode", "from_node", "entry_point", "stage", "attempts", "cancelled_by",
                "reason", "last_words")  # fmt: skip
        times: dict[str, Any] = {
            f"{name}_at": rfc3339(getattr(row, f"{name}_ns")) for name in TIMES
        }
        waits = row.expires_ns if row.stage is ReplayStage.WAITING else None
        return cls(
            id=str(row.id),
            of_run=str(row.of_run),
            run_id=str(row.run_id),
            earlier_runs=[str(each) for each in row.earlier_runs],
            overrides=dict(row.overrides),
            strict=row.is_strict,
            waits_until=rfc3339(waits),
            runner=row.runner_name,
            fidelity=_fidelity(row),
            code=CodeOfReplay(
                recorded=row.code.recorded, runner=row.code.runner, same=row.code.same
            ),
            **{name: getattr(row, name) for name in same},
            **times,
        )


class Replays(Schema):
    """The newest replays of a run."""

    items: list[Replay]
    next: None = None


class NotReplayableProblem(Problem):
    """The run cannot be replayed in this mode: what stands in the way, and the modes that are open."""

    why: str
    offered: list[ReplayMode]


def told(refused: NotReplayable) -> dict[str, Any]:
    """Return what the problem says beside its sentence."""
    return {
        "why": refused.obstacle.value,
        "offered": [mode.value for mode in refused.offered],
    }


def _fidelity(row: ReplayRow) -> FidelityOfReplay:
    found = row.judged
    if found is None:
        return FidelityOfReplay(word=None, diverged_at_seq=None, calls=None, lowered=row.is_lowered)
    names = ("recorded", "live", "diverged", "unused", "unknown")
    return FidelityOfReplay(
        word=found.word,
        diverged_at_seq=found.diverged_at_seq,
        calls=CallsOfReplay(**{name: getattr(found, name) for name in names}),
        lowered=row.is_lowered,
    )
