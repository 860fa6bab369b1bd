"""The legal holds and requests that a pass says something about: few in any run, so all of a run's are looked up."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deliberation.events import (
    Event,
    LegalHoldLifted,
    LegalHoldPlaced,
    RemovalAsked,
    RemovalClosed,
)
from traces.projection.states import Row, RunState
from traces.projection.tables import LEGAL_HOLDS, REMOVAL_REQUESTS, Table

Key = tuple[uuid.UUID, str]
ABOUT = frozenset((LegalHoldPlaced, LegalHoldLifted, RemovalAsked, RemovalClosed))


class LegalHoldState(Row):
    """A row of `traces_legalhold`."""

    __slots__ = LEGAL_HOLDS.columns
    COLUMNS = LEGAL_HOLDS.columns


class RequestState(Row):
    """A row of `traces_removalrequest`."""

    __slots__ = REMOVAL_REQUESTS.columns
    COLUMNS = REMOVAL_REQUESTS.columns


@dataclass(slots=True)
class RetentionRows:
    """Rows by (run, id): looked up before, changed in memory, written after."""

    holds: dict[Key, LegalHoldState] = field(default_factory=dict)
    requests: dict[Key, RequestState] = field(default_factory=dict)
    touched: set[Key] = field(default_factory=set)

    def load(
        self, runs: Mapping[uuid.UUID, RunState], events: Mapping[uuid.UUID, Sequence[Event]]
    ) -> None:
        """Fetch what is stored of the runs of which these events tell."""
        told = [
            run_id
            for run_id, listed in events.items()
            if runs[run_id].size and any(type(each) in ABOUT for each in listed)
        ]
        if not told:
            return
        for values in _fetch(LEGAL_HOLDS, told):
            hold = LegalHoldState.of(values)
            self.holds[hold.run_id, hold.hold_id] = hold
        for values in _fetch(REMOVAL_REQUESTS, told):
            request = RequestState.of(values)
            self.requests[request.run_id, request.request_id] = request

    def save(self) -> None:
        """Write what changed."""
        keys = sorted(self.touched)
        holds = [self.holds[key] for key in keys if key in self.holds]
        requests = [self.requests[key] for key in keys if key in self.requests]
        LEGAL_HOLDS.put(holds, ("run_id", "hold_id"))
        REMOVAL_REQUESTS.put(requests, ("run_id", "request_id"))


def _fetch(table: Table, run_ids: list[uuid.UUID]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {table.selected} FROM {table.name} WHERE run_id = ANY(%s)", [run_ids]
        )
        return list(cursor.fetchall())
