"""A command that applies, with what stood when it was given."""

from __future__ import annotations

from dataclasses import dataclass

from traces.actions.order import Order
from traces.projection.states import RunState
from traces.queries.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A command and who gives it, judged under the run's lock."""

    run: RunState
    standing: Standing
    order: Order
    by: str
    now_ns: int

    @property
    def run_id(self) -> str:
        """The run's id as events carry it."""
        return str(self.run.id)
