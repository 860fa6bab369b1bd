"""What a run spent, against what it was allowed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from deliberation.vocabulary.budget import DIMENSIONS
from traces.models import Run
from traces.queries.amounts import add_known
from traces.queries.columns import Tree

WARM_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendLine:
    """Spent against one budget: `words` are "$0.31 of $0.50", `tone` None, "warm" or "over"."""

    dimension: str
    words: str
    share: float | None
    tone: str | None


def spend_lines(run: Run, tree: Tree) -> list[SpendLine]:
    """Return one line for each budget the run was given, in the vocabulary's order."""
    order = {dimension: at for at, dimension in enumerate(DIMENSIONS)}
    given = sorted(run.budgets.items(), key=lambda each: (order.get(each[0], len(order)), each[0]))
    return [_line(dimension, limit, _spent(run, tree, dimension)) for dimension, limit in given]


def _spent(run: Run, tree: Tree, dimension: str) -> Decimal | None:
    counted: dict[str, object] = {
        "tokens": add_known([run.input_tokens, run.output_tokens]),
        "reasoning_tokens": run.reasoning_tokens,
        "usd": run.cost,
        "seconds": _seconds(run),
        "tool_calls": run.tool_calls,
        "model_calls": run.model_calls,
        "samples": sum(kind == "sample" for kind in tree.columns.kind),
        "depth": max(tree.shape.depth, default=0),
    }
    spent = counted.get(dimension)
    return None if spent is None else Decimal(str(spent))


def _seconds(run: Run) -> Decimal | None:
    if run.started_ns is None or run.ended_ns is None:
        return None
    return Decimal(max(0, run.ended_ns - run.started_ns)) / 10**9


def _line(dimension: str, limit: str, spent: Decimal | None) -> SpendLine:
    allowed = _number(limit)
    share = None if spent is None or not allowed else float(spent / allowed)
    said = "unknown" if spent is None else _words(dimension, spent)
    return SpendLine(
        dimension=dimension,
        words=f"{said} of {_words(dimension, allowed) if allowed is not None else limit}",
        share=share,
        tone=None if share is None or share < WARM_SHARE else "over" if share > 1 else "warm",
    )


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _words(dimension: str, amount: Decimal) -> str:
    if dimension == "usd":
        return f"${amount:,.2f}" if amount >= Decimal("0.01") or amount == 0 else f"${amount:.2g}"
    if dimension == "seconds":
        return f"{amount:,.1f} s".replace(".0 s", " s")
    return f"{amount:,.0f}"
