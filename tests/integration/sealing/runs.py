"""Runs that are recorded, grow and are sealed, in tests."""

from __future__ import annotations

import uuid
from typing import Any

from deliberation.events import RunStarted
from tests.integration.build import (
    NOW_NS,
    SECOND,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from traces.actions.seal_runs import Pass, seal_due_runs
from traces.signer.ask import SignerAt


def begin(**facts: Any) -> str:
    """A run of two entries."""
    run = new_run()
    put_on_record(make_project(), make_event(RunStarted, run, name="a run", **facts))
    return run


def grow(run: str, nodes: int) -> None:
    """More entries."""
    put_on_record(make_project(), *(observed(run, uuid.uuid4().hex) for _ in range(nodes)))


def seal(signer: SignerAt, seconds: int = 0) -> Pass:
    """One pass, so many seconds later."""
    return seal_due_runs(signer=signer, now_ns=NOW_NS + seconds * SECOND)
