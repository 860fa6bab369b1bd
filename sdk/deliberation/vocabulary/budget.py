"""What can be limited, and what happens at the limit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import Enum


class OnHit(str, Enum):
    """What a budget does when its hard limit is reached."""

    WARN = "warn"
    """Say so and go on."""
    PAUSE = "pause"
    """Hold until a person lifts it."""
    ASK = "ask"
    """Ask a person for more."""
    STOP = "stop"
    """End the run."""


class LimitKind(str, Enum):
    """Which of the two limits of a budget."""

    SOFT = "soft"
    """A warning, or a question."""
    HARD = "hard"
    """The end of what may be spent."""


class SpendBasis(str, Enum):
    """What a sum of spending was counted from."""

    RUNNER = "runner"
    """The program's own count, which reserves before it spends."""
    RECORDED = "recorded"
    """What was recorded here, after it was spent."""


class BudgetSource(str, Enum):
    """Where a limit comes from."""

    RUN = "run"
    """The program stated it."""
    POLICY = "policy"
    """The project's policy."""
    COMMAND = "command"
    """A person or a script, later."""
    FORK = "fork"
    """The remainder of the run that it was forked from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Hard limits of a run, one field per dimension; None is unlimited.

    Units: tokens and reasoning_tokens in tokens, usd in US dollars, seconds of wall time, the rest in counts.
    """

    tokens: int | None = None
    reasoning_tokens: int | None = None
    usd: Decimal | str | None = None
    seconds: int | None = None
    tool_calls: int | None = None
    model_calls: int | None = None
    samples: int | None = None
    depth: int | None = None

    def limits(self) -> dict[str, str]:
        """Return dimension → limit as a decimal string, for the dimensions that have one."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: str(limit) for name, limit in named if limit is not None}


DIMENSIONS = tuple(field.name for field in fields(Budget))
