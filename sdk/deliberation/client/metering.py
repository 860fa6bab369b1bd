"""The meter of a run: what its program states, and how what was reached is reported."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

from deliberation.client.bookings import Bookings
from deliberation.client.client import Client
from deliberation.client.recorder import Recorder
from deliberation.control.spending import Hit, Meter, wind
from deliberation.events import BudgetHit
from deliberation.vocabulary import Budget, Dimension, Limit, SpendBasis


def read_limits(
    client: Client, budget: Budget | Mapping[str, Any] | None
) -> dict[Dimension, Limit]:
    """Return the limits that a program states; what is no budget is refused, and limits nothing."""
    try:
        given = budget if isinstance(budget, Budget) else Budget(**(budget or {}))
        return given.limits()
    except (AttributeError, TypeError, ValueError) as error:
        client.refuse(f"run.started: budget: {error}")
        return {}


def make_meter(
    client: Client, run: str, limits: Mapping[Dimension, Limit], *, is_shared: bool
) -> Meter | None:
    """Return what counts a run's spending; None where nobody limits it, or could later."""
    if not limits and not client.enabled:
        return None
    meter = Meter(limits)
    if is_shared and client.enabled:
        meter.bookings = Bookings(client, run)
    return meter


def start_meter(recorder: Recorder) -> None:
    """Count from now, and report what is reached."""
    gate, meter = recorder.gate, recorder.gate.meter
    if meter is None:
        return
    known = weakref.ref(recorder)

    def report(hit: Hit) -> None:
        alive = known()
        if alive is not None:
            _report(alive, hit)

    meter.report = report
    meter.is_heard = recorder.client.enabled
    with gate.bell.lock:
        meter.start()
        wind(gate)


def _report(recorder: Recorder, hit: Hit) -> None:
    recorder.report(
        BudgetHit,
        reserved=True,
        dimension=hit.dimension,
        which=hit.which,
        limit=hit.limit,
        spent=hit.spent,
        basis=SpendBasis.RUNNER,
        action=hit.action,
        version=hit.version,
    )
