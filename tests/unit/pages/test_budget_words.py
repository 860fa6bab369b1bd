"""Limits in words, and bars that tell what they show."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from deliberation.vocabulary import BudgetSource, Dimension, Limit, OnHit, SpendBasis
from deliberation.vocabulary.budget import RAISE_TOOL
from traces.queries.budget_bars import BudgetBar, bar_of
from traces.queries.budget_lines import BudgetRow
from traces.templatetags.budget_words import VERBS, asked_more, dimension_word, holder, limit_words


def bar(dimension: Dimension = Dimension.USD, **said: Any) -> BudgetBar:
    """A bar of a row that says this and nothing else."""
    amounts = {name: Decimal(text) for name, text in said.items()}
    nothing = dict.fromkeys(
        ["hard", "soft", "by", "reason", "policy", "set_ns", "spent", "reserved", "recorded",
         "soft_hit_ns", "hard_hit_ns", "hit_spent"]
    )  # fmt: skip
    words = {"on_hit": OnHit.STOP, "on_soft": OnHit.WARN, "version": 1, "source": BudgetSource.RUN}
    row = {**nothing, **words, "basis": SpendBasis.RUNNER, **amounts}
    return bar_of(BudgetRow(dimension=dimension, **row))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "words", "tone"),
    [
        ({"spent": "0.31", "hard": "0.5"}, "$0.31 of $0.50", None),
        ({"spent": "0.31", "hard": "0.5", "reserved": "0.04"}, "$0.31 of $0.50 · $0.04 reserved", None),
        ({"spent": "0.31", "hard": "0.5", "soft": "0.3"}, "$0.31 of $0.50", "warm"),
        ({"spent": "0.45", "hard": "0.5"}, "$0.45 of $0.50", "warm"),
        ({"spent": "0.5", "hard": "0.5"}, "$0.50 of $0.50", "warm"),
        ({"spent": "0.6", "hard": "0.5"}, "$0.60 of $0.50, $0.10 over the limit", "over"),
        ({"hard": "0.5"}, "unknown of $0.50", None),
        ({"spent": "0.31", "soft": "0.4"}, "$0.31 of $0.40 (soft limit)", None),
        ({"spent": "0.31"}, "$0.31, no limit", None),
        ({"spent": "0", "hard": "0"}, "$0.00 of $0.00", None),
        ({"spent": "0.01", "hard": "0"}, "$0.01 of $0.00, $0.01 over the limit", "over"),
    ],
)  # fmt: skip
def test_a_bar_tells_what_it_shows(said: dict[str, str], words: str, tone: str | None) -> None:
    found = bar(**said)
    assert (found.told, found.tone) == (words, tone)


def test_the_parts_of_a_bar_never_exceed_it() -> None:
    full = bar(spent="0.9", reserved="0.5", soft="2", hard="1")
    assert (full.spent_share, full.soft_share) == (0.9, 1.0)
    assert full.reserved_share == pytest.approx(0.1)
    assert bar(spent="9", reserved="9", hard="1").reserved_share == 0
    assert bar(spent="1").spent_share is None


def test_limits_say_what_happens_there() -> None:
    both = Limit(hard=Decimal("0.5"), soft=Decimal("0.4"), on_hit=OnHit.PAUSE)
    assert limit_words(both, Dimension.USD) == "warns at $0.40, pauses at $0.50"
    assert (
        limit_words(Limit(soft=Decimal(90), on_soft=OnHit.ASK), Dimension.SECONDS) == "asks at 90 s"
    )
    assert limit_words(Limit(), Dimension.DEPTH) == "no limit"
    assert set(VERBS) == set(OnHit)
    assert [dimension_word(each) for each in ("usd", "tool_calls")] == ["cost", "tool calls"]


def test_a_hold_says_who_holds() -> None:
    assert holder("budget:usd") == "the limit of cost"
    assert [holder(each) for each in ("user:alice", "budget:joy", "")] == [
        "user:alice",
        "budget:joy",
        "",
    ]


def asking(arguments: str | None, tool: str = RAISE_TOOL) -> Any:
    return SimpleNamespace(tool=tool, shown_arguments=arguments)


def test_more_is_asked_for_in_words() -> None:
    said = '{"dimension": "usd", "hard": "1.00", "was": "0.50"}'
    assert asked_more(asking(said)) == "cost: $1.00 in place of $0.50"
    assert asked_more(asking('{"dimension": "tokens", "hard": 9}')) == "tokens: 9"
    assert asked_more(asking(said, tool="send_email")) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        None, "", "null", "[]", "7", '"usd"', "{}", '{"dimension": "joy", "hard": "1"}',
        '{"dimension": ["usd"], "hard": "1"}',
        '{"dimension": "usd"}', '{"dimension": "usd", "hard": null}', '{"dimension": "usd", "hard": "NaN"}',
        '{"dimension": "usd", "hard": {}}', '{"dimension": "usd", "hard": "1", "was": "lots"}',
        '{"dimension": "usd", "hard": -1}',
        '{"dimension": "usd", "hard": 1' + "0" * 5000 + "}", "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_such_wish_has_no_words(arguments: str | None) -> None:
    assert asked_more(asking(arguments)) == ""
