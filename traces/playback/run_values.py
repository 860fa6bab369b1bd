"""What a run as a whole has at an entry: its state, its counts, what it spent of its limits, and its best answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from operator import attrgetter

from deliberation.events import BudgetHit, BudgetSet, Event, RunStarted
from deliberation.vocabulary import Dimension
from traces.analytics.budget_line import read_lines
from traces.models.run import FINAL
from traces.playback.changes import Value
from traces.playback.lead import Best
from traces.playback.words import Words
from traces.projection.states import RunState
from traces.queries.amounts import add_known
from traces.queries.recorded_spend import amounts_on_row
from traces.queries.tree import in_micro_dollars

COUNTS = ("nodes", "discarded", "selected", "kept", "failed", "candidates", "verdicts", "model_calls",
          "tool_calls", "errors", "orphans")  # fmt: skip
_counts = attrgetter(*COUNTS)
SETS_LIMITS = (RunStarted, BudgetSet, BudgetHit)


class RunValues:
    """Reads the values of each track off a run's row in memory, after each entry.

    `origin` is when the run began, in ns since the moment that never moves. `answer` and `best` are ordinals of nodes;
    limits are `limit.{dimension}.hard`, `.soft` and `.spent`, in units of the dimension.
    """

    def __init__(self, run: RunState, names: Mapping[str, Words]) -> None:
        self._run, self._names = run, names
        self._limits: dict[str, Value] = {}
        self._spent: list[tuple[str, Dimension]] = []

    def read(
        self,
        event: Event,
        *,
        since_ns: int | None,
        heard_ns: int | None,
        answer: int | None,
        best: Best | None,
    ) -> dict[str, Value]:
        """Return the value of each track after an event; `heard_ns` is the latest time that one named."""
        run, names = self._run, self._names
        values: dict[str, Value] = dict(zip(COUNTS, _counts(run), strict=True))
        started = run.started_ns
        values["origin"] = None if started is None or since_ns is None else started - since_ns
        values["state"] = names["state"].number(run.observed_state)
        values["over"] = int(run.end_inferred or run.observed_state in FINAL)
        values["tokens"] = add_known([run.input_tokens, run.output_tokens])
        values["cost"] = None if run.cost is None else in_micro_dollars(run.cost)
        values["answer"] = answer
        values["best"] = None if best is None else best.ordinal
        values["strength"] = None if best is None else best.strength
        values["rule"] = -1 if best is None else names["rule"].number(best.rule.value)
        if run.budgets:
            values |= self._read_limits(event, heard_ns)
        return values

    def _read_limits(self, event: Event, heard_ns: int | None) -> dict[str, Value]:
        if isinstance(event, SETS_LIMITS):
            self._read_lines()
        run = self._run
        amounts = amounts_on_row(run)
        if run.ended_ns is None and heard_ns is not None and run.started_ns is not None:
            # As long as it goes on, by the latest time that an entry names: no clock of ours was asked then.
            amounts[Dimension.SECONDS] = Decimal(max(0, heard_ns - run.started_ns)) / 10**9
        spent = {name: _number(amounts.get(dimension)) for name, dimension in self._spent}
        return self._limits | spent

    def _read_lines(self) -> None:
        lines = read_lines(self._run.budgets)
        self._spent = [(f"limit.{dimension.value}.spent", dimension) for dimension in lines]
        for dimension, line in lines.items():
            self._limits[f"limit.{dimension.value}.hard"] = _number(line.limit.hard)
            self._limits[f"limit.{dimension.value}.soft"] = _number(line.limit.soft)


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
