"""Which strategy a run's row names: what a person set, else what its source stated, else what its counts speak for.

The conclusion is drawn when a row is written and not when an event is folded, so that it depends on the counts alone.
"""

from __future__ import annotations

from deliberation.events import StrategySet
from deliberation.vocabulary import Strategy, StrategySource
from traces.analytics.signs import signs_of
from traces.analytics.strategy import infer_strategy
from traces.projection.states import RunState
from traces.projection.texts import ANSWER_CHARS, cut, fact


def state_strategy(run: RunState, strategy: Strategy | None) -> None:
    """Fold what the source states; the first word stands, and "unknown" is none."""
    if strategy not in (None, Strategy.UNKNOWN) and run.strategy_stated is None:
        run.strategy_stated = strategy.value


def set_strategy(run: RunState, event: StrategySet) -> None:
    """Fold what a person said; without a strategy they took it back."""
    if event.strategy is None:
        run.strategy_set = run.strategy_set_by = None
        run.strategy_set_ns = run.strategy_set_reason = None
        return
    run.strategy_set, run.strategy_set_by = event.strategy.value, fact(event.by)
    run.strategy_set_ns = event.at
    run.strategy_set_reason = event.reason and cut(event.reason, ANSWER_CHARS)


def conclude_strategy(run: RunState) -> None:
    """Name the strategy by the strongest source there is."""
    if run.strategy_set is not None:
        run.strategy, source = run.strategy_set, StrategySource.SET_BY_PERSON
    elif run.strategy_stated is not None:
        run.strategy, source = run.strategy_stated, StrategySource.STATED
    else:
        run.strategy = infer_strategy(signs_of(run)).strategy.value
        source = StrategySource.INFERRED
    run.strategy_source = source.value
