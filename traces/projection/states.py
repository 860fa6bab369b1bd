"""The rows being folded: one mutable object per run, node and candidate, with the table's columns as slots."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deliberation.vocabulary import (
    DesiredState,
    Fate,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
    StrategySource,
)
from traces.projection.tables import (
    APPROVALS,
    CANDIDATES,
    COMMANDS,
    HOLDS,
    NODES,
    REMARKS,
    RUN_COLUMNS,
)


class Row:
    """A table row in memory. Attributes are the columns; a fresh one is null but for its defaults."""

    __slots__: tuple[str, ...] = ()
    COLUMNS: tuple[str, ...] = ()
    DEFAULTS: dict[str, Any] = {}

    def __init__(self, **known: Any) -> None:
        for column in self.COLUMNS:
            setattr(self, column, None)
        for column, value in self.DEFAULTS.items():
            setattr(self, column, value)
        for column, value in known.items():
            setattr(self, column, value)

    if TYPE_CHECKING:
        # The attributes are the table's columns, which the models define and no checker can see here.
        def __getattr__(self, column: str) -> Any: ...
        def __setattr__(self, column: str, value: Any) -> None: ...

    @classmethod
    def of(cls, values: Sequence[Any]) -> Any:
        """Return the row with these values, in column order."""
        row = cls.__new__(cls)
        for column, value in zip(cls.COLUMNS, values, strict=True):
            setattr(row, column, value)
        return row


class NodeState(Row):
    """A row of `traces_node`."""

    __slots__ = NODES.columns
    COLUMNS = NODES.columns
    DEFAULTS = {
        "kind": NodeKind.STEP.value,
        "status": NodeStatus.UNKNOWN.value,
        "fate": Fate.OPEN.value,
        "contradicted": False,
        "calls_below": False,
        "usage_below": False,
        "is_candidate": False,
    }


class CandidateState(Row):
    """A row of `traces_candidate`."""

    __slots__ = CANDIDATES.columns
    COLUMNS = CANDIDATES.columns


class CommandState(Row):
    """A row of `traces_command`."""

    __slots__ = COMMANDS.columns
    COLUMNS = COMMANDS.columns


class HoldState(Row):
    """A row of `traces_hold`."""

    __slots__ = HOLDS.columns
    COLUMNS = HOLDS.columns


class ApprovalState(Row):
    """A row of `traces_approval`."""

    __slots__ = APPROVALS.columns
    COLUMNS = APPROVALS.columns
    DEFAULTS = {"refused_uses": 0}


class RemarkState(Row):
    """A row of `traces_remark`."""

    __slots__ = REMARKS.columns
    COLUMNS = REMARKS.columns
    DEFAULTS = {"revisions": 0}


COUNTERS = (
    "nodes",
    "orphans",
    "model_calls",
    "unpriced_calls",
    "tool_calls",
    "candidates",
    "discarded",
    "selected",
    "kept",
    "failed",
    "errors",
)
SUMS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cost",
)


class RunState(Row):
    """A row of `traces_run`."""

    __slots__ = RUN_COLUMNS
    COLUMNS = RUN_COLUMNS
    DEFAULTS = {
        "size": 0,
        "frontier": b"",
        "strategy": Strategy.UNKNOWN.value,
        "strategy_source": StrategySource.INFERRED.value,
        "desired_state": DesiredState.RUN.value,
        "observed_state": ObservedState.RUNNING.value,
        "control_seq": 0,
        "attempt": 0,
        "verdicts": 0,
        "missing_events": 0,
        "is_session_stated": False,
        "end_inferred": False,
        **dict.fromkeys(COUNTERS, 0),
    }

    def __init__(
        self, *, run_id: uuid.UUID, project_id: int, source: str, trace_id: str | None
    ) -> None:
        super().__init__(id=run_id, project_id=project_id, source=source, trace_id=trace_id)
        self.model_names: list[str] = []
        self.tags: list[str] = []
        self.tags_off: list[str] = []
        self.budgets: dict[str, Any] = {}
        self.stated: list[int] = []
        self.signs: list[int] = []
