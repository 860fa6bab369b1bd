"""The shapes of runners and their jobs in the API."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.vocabulary import OnHit, ReplayMode
from traces.actions.hold_replay import MAX_LAST_WORDS, Outcome
from traces.actions.register_runner import Entry
from traces.api.forms import decimal_text, rfc3339
from traces.queries.replay_jobs import Job, JobLimit
from traces.queries.runners import RunnerRow

LONGEST = 4 * MAX_LAST_WORDS
"""Of last words as they come; the end of them is kept."""
MAX_ATTEMPT = 2**15 - 1


class EntryToServe(Schema):
    """A program that the runner can begin."""

    model_config = ConfigDict(extra="forbid")

    entry_point: str = Field(description="As module:function")
    version: str | None = None
    code_digest: str | None = Field(default=None, examples=["sha256:…"])
    parameters_schema: dict[str, Any] | None = None

    def entry(self) -> Entry:
        """Return it for the action."""
        return Entry(
            entry_point=self.entry_point,
            version=self.version,
            code_digest=self.code_digest,
            parameters_schema=self.parameters_schema,
        )


class RunnerToRegister(Schema):
    """A process that serves replays. `holder` names it, and no other one ever."""

    model_config = ConfigDict(extra="forbid")

    name: str
    holder: str
    entries: list[EntryToServe] = Field(max_length=100)


class Registered(Schema):
    """Who the runner is, how long it counts as there without a word, and how often to ask for work."""

    runner_id: str
    lease_seconds: int
    poll_seconds: int


class ServedProgram(Schema):
    """A program that a runner serves."""

    entry_point: str
    version: str | None
    code_digest: str | None


class Runner(Schema):
    """A runner, and when it was last heard of."""

    id: str
    name: str
    project: str
    by: str
    live: bool
    registered_at: str | None
    heard_at: str | None
    entries: list[ServedProgram]

    @classmethod
    def of(cls, row: RunnerRow, *, now_ns: int) -> Runner:
        """Return the shape of a runner."""
        return cls(
            id=str(row.id),
            name=row.name,
            project=row.project,
            by=row.by,
            live=row.is_live(now_ns),
            registered_at=rfc3339(row.registered_ns),
            heard_at=rfc3339(row.heard_ns),
            entries=[
                ServedProgram(
                    entry_point=each.entry_point,
                    version=each.version,
                    code_digest=each.code_digest,
                )
                for each in row.entries
            ],
        )


class Runners(Schema):
    """Runners, those heard of last first."""

    items: list[Runner]
    next: None = None


class LimitOfJob(Schema):
    """What a replay may spend of one dimension; `raised` takes the place of what the program states."""

    hard: str | None
    soft: str | None
    on_hit: OnHit
    on_soft: OnHit
    source: Literal["inherited", "raised"]

    @classmethod
    def of(cls, given: JobLimit) -> LimitOfJob:
        """Return the shape of a limit."""
        return cls(
            hard=decimal_text(given.limit.hard),
            soft=decimal_text(given.limit.soft),
            on_hit=given.limit.on_hit,
            on_soft=given.limit.on_soft,
            source="raised" if given.is_raised else "inherited",
        )


class JobShape(Schema):
    """A replay that the runner has now, under a lease."""

    id: str
    attempt: int
    run_id: str
    of_run: str
    entry_point: str
    parameters: dict[str, Any]
    mode: ReplayMode
    from_node: str | None
    from_seq: int | None
    strict: bool
    overrides: dict[str, Any]
    budgets: dict[str, LimitOfJob]
    recording: str
    expected_code_digest: str | None

    @classmethod
    def of(cls, job: Job) -> JobShape:
        """Return the shape of a job."""
        replay = job.replay
        same = ("entry_point", "mode", "from_node", "from_seq", "overrides")
        return cls(
            id=str(replay.pk),
            attempt=replay.attempts,
            run_id=str(replay.run_id),
            of_run=str(replay.of_run),
            parameters=dict(job.parameters),
            strict=replay.is_strict,
            budgets={name.value: LimitOfJob.of(each) for name, each in job.limits.items()},
            recording=f"/api/v1/replays/{replay.pk}/recording",
            expected_code_digest=replay.code_digest,
            **{name: getattr(replay, name) for name in same},
        )


class Claimed(Schema):
    """What a runner has to do."""

    job: JobShape


class BeatOfReplay(Schema):
    """The runner's program runs. `last_words` are the end of what it printed so far."""

    model_config = ConfigDict(extra="forbid")

    runner_id: str
    attempt: int = Field(ge=1, le=MAX_ATTEMPT)
    state: Literal["running"] = "running"
    last_words: str | None = Field(default=None, max_length=LONGEST)


class Heard(Schema):
    """How long the lease is good for from now, and whether the program is to be ended."""

    lease_seconds: int
    cancel: bool


class OutcomeToTell(Schema):
    """How the runner's program ended; told again it is the same."""

    model_config = ConfigDict(extra="forbid")

    runner_id: str
    attempt: int = Field(ge=1, le=MAX_ATTEMPT)
    state: Literal["completed", "failed"]
    reason: str | None = Field(default=None, max_length=LONGEST)
    last_words: str | None = Field(default=None, max_length=LONGEST)

    def outcome(self) -> Outcome:
        """Return it for the action."""
        return Outcome(state=self.state, reason=self.reason, last_words=self.last_words)
