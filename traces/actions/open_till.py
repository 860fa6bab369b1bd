"""Open the till of a run that several processes spend from: one at a time, with what stands in it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext

from deliberation.vocabulary import ObservedState
from deliberation.vocabulary.control import END_STATES
from traces.actions.conflict import Conflict
from traces.models import Reservation, Run, SharedSpend
from traces.queries.access import NotVisible
from traces.queries.recorded_spend import LIMIT_COLUMNS
from traces.queries.shared_spend import Shared, reserved_by, sum_of
from traces.queries.spoken import spoken

COLUMNS = ("desired_state", "observed_state", *LIMIT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Till:
    """A run with its limits, what its processes have spent and reserved, and one reservation, if it is known."""

    run: Run
    shared: Shared
    unsettled: int
    known: Reservation | None

    def check_spends(self) -> None:
        """Raise Conflict for a run that is to spend no more."""
        if ObservedState(self.run.observed_state).is_terminal:
            raise Conflict(
                gettext("the run has ended: {observed_state}").format(
                    observed_state=spoken(self.run.observed_state)
                ),
                self.run,
            )
        if self.run.desired_state in END_STATES:
            raise Conflict(
                gettext("the run is asked to {desired_state}").format(
                    desired_state=self.run.desired_state
                ),
                self.run,
            )


def open_till(*, project: int, run_id: uuid.UUID, reservation_id: str, now_ns: int) -> Till:
    """Lock the till until the transaction's end; the first to spend makes it.

    Raises NotVisible for a run that is not the project's, and for one whose limits are not recorded yet.
    """
    till = _lock(run_id)
    run = _find(project, run_id)
    if till is None:
        SharedSpend.objects.bulk_create(
            [SharedSpend(run_id=run_id, spent={})], ignore_conflicts=True
        )
        till = _lock(run_id)
    assert till is not None
    # Counted after the lock: whoever had it before has committed.
    rows = _reservations(run_id, reservation_id)
    return Till(
        run=run,
        shared=Shared(sum_of([till.spent]), reserved_by(rows, now_ns)),
        unsettled=sum(each.settled_ns is None for each in rows),
        known=next((each for each in rows if each.reservation_id == reservation_id), None),
    )


def _lock(run_id: uuid.UUID) -> SharedSpend | None:
    return SharedSpend.objects.select_for_update(no_key=True).filter(run_id=run_id).first()


def _find(project: int, run_id: uuid.UUID) -> Run:
    found = Run.objects.filter(id=run_id, project_id=project, size__gt=0).exclude(budgets={})
    run = found.only(*COLUMNS).first()
    if run is None:
        raise NotVisible
    return run


def _reservations(run_id: uuid.UUID, reservation_id: str) -> Sequence[Reservation]:
    wanted = Q(settled_ns=None) | Q(reservation_id=reservation_id)
    return list(Reservation.objects.filter(wanted, run_id=run_id))
