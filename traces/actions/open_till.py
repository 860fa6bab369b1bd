"""Open the till of a run that several processes spend from: one at a time, with what stands in it."""

from __future__ import annotations

import uuid

from deliberation.vocabulary import ObservedState
from deliberation.vocabulary.control import END_STATES
from traces.actions.conflict import Conflict
from traces.models import Run, SharedSpend
from traces.queries.access import NotVisible
from traces.queries.shared_spend import Shared, reserved_now, sum_of


def find_shared_run(project: int, run_id: uuid.UUID) -> Run:
    """Return the row of a run of the project. Raises NotVisible."""
    run = Run.objects.filter(id=run_id, project_id=project, size__gt=0).first()
    if run is None:
        raise NotVisible
    return run


def check_spends(run: Run) -> None:
    """Raise Conflict for a run that is to spend no more, NotVisible for one whose limits are not recorded yet."""
    if ObservedState(run.observed_state).is_terminal:
        raise Conflict(f"the run has ended: {run.observed_state}", run)
    if run.desired_state in END_STATES:
        raise Conflict(f"the run is asked to {run.desired_state}", run)
    if not run.budgets:
        raise NotVisible


def open_till(run_id: uuid.UUID, now_ns: int) -> Shared:
    """Lock the till until the transaction's end, made now if this is the first to spend; return what stands in it."""
    SharedSpend.objects.bulk_create([SharedSpend(run_id=run_id, spent={})], ignore_conflicts=True)
    till = SharedSpend.objects.select_for_update(no_key=True).get(run_id=run_id)
    # Counted after the lock: whoever had it before has committed.
    return Shared(sum_of([till.spent]), reserved_now(run_id, now_ns))
