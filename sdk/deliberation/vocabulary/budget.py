"""What can be limited, and what happens at the limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum


class Dimension(str, Enum):
    """What can be limited, each in its own unit."""

    TOKENS = "tokens"
    """Input and output tokens of model calls."""
    REASONING_TOKENS = "reasoning_tokens"
    """Those of the output that were thought and not said."""
    USD = "usd"
    """US dollars."""
    SECONDS = "seconds"
    """Seconds of wall time since the run began, held or not."""
    TOOL_CALLS = "tool_calls"
    """Tool calls that were begun."""
    MODEL_CALLS = "model_calls"
    """Model calls that were begun."""
    SAMPLES = "samples"
    """Nodes of the kind sample."""
    DEPTH = "depth"
    """The level of the deepest node; one that hangs under nothing has level 0."""


class OnHit(str, Enum):
    """What a budget does when a limit of it is reached."""

    WARN = "warn"
    """Say so and go on."""
    PAUSE = "pause"
    """Hold until a person lifts that, or raises the limit."""
    ASK = "ask"
    """Ask a person for more."""
    STOP = "stop"
    """End the run."""


class LimitKind(str, Enum):
    """Which of the two limits of a budget."""

    SOFT = "soft"
    """Reached on the way: a warning, unless it says otherwise."""
    HARD = "hard"
    """The end of what may be spent."""


class SpendBasis(str, Enum):
    """What a sum of spending was counted from."""

    RUNNER = "runner"
    """The program's own count, which reserves before it spends."""
    SHARED = "shared"
    """What the processes of the run reserved and settled here."""
    RECORDED = "recorded"
    """What was recorded here, after it was spent."""


class BudgetSource(str, Enum):
    """Where a limit comes from."""

    RUN = "run"
    """The program stated it."""
    POLICY = "policy"
    """The project's policy; the tighter of it and the program's own stands."""
    COMMAND = "command"
    """A person or a script, later."""
    FORK = "fork"
    """The remainder of the run that it was forked from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Both limits of one dimension, in its unit, and what happens at each. None is no limit.

    Reached is `hard` by what would go beyond it, before it is spent where that can be known; `soft` by what comes up
    to it.
    """

    hard: Decimal | None = None
    soft: Decimal | None = None
    on_hit: OnHit = OnHit.STOP
    on_soft: OnHit = OnHit.WARN

    def tightened(self, other: Limit) -> Limit:
        """Return the lower of the limits of both, each with what its own says of reaching it."""
        is_harder = other.hard is not None and (self.hard is None or other.hard < self.hard)
        is_softer = other.soft is not None and (self.soft is None or other.soft < self.soft)
        return Limit(
            hard=other.hard if is_harder else self.hard,
            on_hit=other.on_hit if is_harder else self.on_hit,
            soft=other.soft if is_softer else self.soft,
            on_soft=other.on_soft if is_softer else self.on_soft,
        )


Amount = Decimal | int | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The limits of a run: a hard one for each dimension, in the unit that `Dimension` names; None is unlimited.

    `soft` has the soft ones. `on_hit` and `on_soft` are one word of `OnHit` for all, or one by dimension.
    """

    tokens: int | None = None
    reasoning_tokens: int | None = None
    usd: Decimal | str | None = None
    seconds: int | None = None
    tool_calls: int | None = None
    model_calls: int | None = None
    samples: int | None = None
    depth: int | None = None
    soft: Mapping[str, Amount] | None = None
    on_hit: OnHit | str | Mapping[str, OnHit | str] = OnHit.STOP
    on_soft: OnHit | str | Mapping[str, OnHit | str] = OnHit.WARN

    def limits(self) -> dict[Dimension, Limit]:
        """Return the dimensions that have a limit. Raises ValueError for what is no amount and no word of ours."""
        soft = self.soft or {}
        for name in soft:
            Dimension(name)
        found = {}
        for dimension in Dimension:
            limit = Limit(
                hard=read_amount(getattr(self, dimension.value), dimension.value),
                soft=read_amount(soft.get(dimension.value), dimension.value),
                on_hit=_word_for(self.on_hit, dimension, OnHit.STOP),
                on_soft=_word_for(self.on_soft, dimension, OnHit.WARN),
            )
            if limit.hard is not None or limit.soft is not None:
                found[dimension] = limit
        return found


DIMENSIONS = tuple(dimension.value for dimension in Dimension)
MAX_AMOUNT = Decimal(10) ** 18

RAISE_TOOL = "deliberation.raise_budget"
"""The tool whose use a program asks people about when it is to ask for more. Using the permit raises the limit."""


def read_amount(said: Amount, name: str) -> Decimal | None:
    """Return an amount from 0 to 10^18. Raises ValueError naming the dimension."""
    if said is None:
        return None
    try:
        amount = Decimal(str(said))
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or not 0 <= amount < MAX_AMOUNT:
        raise ValueError(f"{name}: must be an amount from 0 to 10^18")
    return amount


def write_limits(limits: Mapping[Dimension, Limit]) -> dict[str, dict[str, str] | None]:
    """Return the limits as `run.started` has them; what happens at one only where it is out of the ordinary."""
    usual = Limit()
    named = [(dimension.value, limit) for dimension, limit in limits.items()]
    hard = {name: f"{each.hard:f}" for name, each in named if each.hard is not None}
    soft = {name: f"{each.soft:f}" for name, each in named if each.soft is not None}
    on_hit = {name: each.on_hit.value for name, each in named if each.on_hit is not usual.on_hit}
    on_soft = {
        name: each.on_soft.value for name, each in named if each.on_soft is not usual.on_soft
    }
    return {
        "budgets": hard or None,
        "soft_budgets": soft or None,
        "on_hit": on_hit or None,
        "on_soft": on_soft or None,
    }


def _word_for(
    said: OnHit | str | Mapping[str, OnHit | str], dimension: Dimension, default: OnHit
) -> OnHit:
    word = said.get(dimension.value, default) if isinstance(said, Mapping) else said
    return OnHit(word)
