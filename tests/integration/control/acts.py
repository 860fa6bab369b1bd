"""What people, runners and the clock do to a run, as short as it can be said."""

from __future__ import annotations

import random
import uuid
from itertools import count
from typing import Any

from deliberation.vocabulary import CommandKind, CommandStage, ObservedState, Reporter
from tests.integration.build import NOW_NS, SECOND, make_project, new_run, observed, put_on_record
from tests.integration.control.said import reported
from traces.actions.escalate_commands import escalate_commands
from traces.actions.heartbeat import Beaten, heartbeat
from traces.actions.hold_lease import Beat
from traces.actions.issue_command import Issued, issue_command
from traces.actions.order import Order
from traces.actions.report_state import Reported, report_state
from traces.actions.stage_command import Staged, stage_command
from traces.actions.sweep_leases import sweep_leases

ALICE = "user:alice"
RUNNER = "key:runner"
_numbers = count()


def randbytes(size: int) -> bytes:
    """Some bytes; no test depends on which."""
    return random.Random(next(_numbers)).randbytes(size)


def at(seconds: float) -> int:
    """The time so many seconds after the tests' now."""
    return NOW_NS + int(seconds * SECOND)


def live_run(state: str = "running", project: str = "default") -> str:
    """A run that nobody leases, in some state."""
    run = new_run()
    put_on_record(make_project(project), reported(run, state), observed(run, "a"))
    return run


def ask(
    run: str, kind: str, command: str = "", by: str = ALICE, now: float = 0, **more: Any
) -> Issued:
    """Somebody asks something of a run; `command` is the id, some new one by default."""
    extra: dict[str, Any] = {}
    if kind == "steer":
        extra["message"] = "turn left"
    if kind == "raise_budget":
        extra |= {"budgets": {"usd": {"hard": "2"}}, "reason": "it is worth it"}
    order = Order(
        command_id=command or f"c{next(_numbers)}", kind=CommandKind(kind), **{**extra, **more}
    )
    return issue_command(
        run_id=uuid.UUID(run), order=order, by=by, now_ns=at(now), randbytes=randbytes
    )


def stage(run: str, command: str, stage_: str, now: float = 0, **more: Any) -> Staged:
    """The runner says how far a command has come."""
    return stage_command(
        run_id=uuid.UUID(run),
        command_id=command,
        stage=CommandStage(stage_),
        by=RUNNER,
        now_ns=at(now),
        randbytes=randbytes,
        **more,
    )


def beat(
    run: str,
    attempt: int | None = None,
    state: str | None = "running",
    now: float = 0,
    project: str = "default",
    **more: Any,
) -> Beaten:
    """The runner lets itself be heard; without an attempt it attaches."""
    said = Beat(
        run_id=uuid.UUID(run),
        attempt=attempt,
        state=state and ObservedState(state),
        **{"holder": "host:1:a", **more},
    )
    return heartbeat(
        project=make_project(project).pk,
        beat=said,
        by=RUNNER,
        now_ns=at(now),
        randbytes=randbytes,
    )


def report(run: str, state: str, now: float = 0, reporter: Reporter = Reporter.RUNNER) -> Reported:
    """A state is reported."""
    return report_state(
        run_id=uuid.UUID(run),
        state=ObservedState(state),
        reporter=reporter,
        by=RUNNER,
        now_ns=at(now),
        randbytes=randbytes,
    )


def sweep(now: float) -> int:
    """Beat looks through the leases; how many runs changed."""
    return len(sweep_leases(now_ns=at(now), randbytes=randbytes))


def escalate(now: float) -> int:
    """Beat looks through the commands; how many runs changed."""
    return len(escalate_commands(now_ns=at(now), randbytes=randbytes))
