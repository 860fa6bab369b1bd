"""Holding runs to their limits, after the pass that recorded what they did.

Guarantee: none is needed. What fails here, and what a worker dies over, is found by the clock, or with the next event.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence

from ingest.inbox import NOBODYS_FAULT
from traces.actions.apply_budget_policies import apply_budget_policies
from traces.actions.enforce_budgets import enforce_after_pass
from traces.actions.inherit_budgets import inherit_budgets
from traces.actions.record import Recorded
from traces.live.publish import poke
from traces.queries.clock import read_clock

Randbytes = Callable[[int], bytes]
log = logging.getLogger(__name__)


def hold_to_limits(recorded: Sequence[Recorded], *, randbytes: Randbytes) -> None:
    """Give runs that grew the limits that they are to have, and look at what they have spent. Raises NOBODYS_FAULT."""
    try:
        _hold(recorded, randbytes)
    except NOBODYS_FAULT:
        raise
    except Exception:
        log.exception("budgets are not enforced")


def _hold(recorded: Sequence[Recorded], randbytes: Randbytes) -> None:
    grown = [change for each in recorded for change in each.changes]
    if not grown:
        return
    now_ns = read_clock()
    forks = {run for each in recorded for run in each.forks}
    inherited = inherit_budgets(forks=forks, now_ns=now_ns, randbytes=randbytes)
    given = apply_budget_policies(grown=grown, now_ns=now_ns, randbytes=randbytes)
    limited = {run for each in recorded for run in each.limited}
    limited |= {uuid.UUID(each.run) for each in (*inherited, *given)}
    reached = enforce_after_pass(run_ids=limited, now_ns=now_ns, randbytes=randbytes)
    poke([*inherited, *given, *reached])
