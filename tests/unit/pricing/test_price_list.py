"""A project's own price goes before the table's, for the models and the days it names."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from time import process_time
from typing import Any

import pytest

from deliberation.vocabulary import CostProvenance, Usage
from traces.pricing import BUNDLED, PRICE_TABLE, Override, PriceList
from traces.pricing.override import fits
from traces.pricing.price_list import is_computed

MILLION = Usage(input=1_000_000, output=0)
DAY = 86_400 * 10**9


def noon(text: str) -> int:
    return int(dt.datetime.fromisoformat(f"{text}T12:00:00+00:00").timestamp()) * 10**9


def own(number: int, model: str, dollars: str = "7", **more: Any) -> Override:
    plain: dict[str, Any] = {
        "id": number, "model": model, "provider": None, "valid_from": None, "valid_until": None,
        "input": Decimal(dollars), "cache_read": None, "cache_write": None, "output": Decimal(1),
        "created_on": dt.date(2026, 11, 24),
    }  # fmt: skip
    return Override(**(plain | more))


def chosen(prices: PriceList, model: str, provider: str | None = None, at: int | None = 0) -> int:
    table = prices.cost_of(model, provider, MILLION, at).price_table or ""
    return int(table.split()[1]) if table.startswith("override ") else 0


def test_it_works() -> None:
    prices = PriceList([own(4, "gpt-4*", "7")])
    cost = prices.cost_of("gpt-4o", "openai", MILLION, noon("2026-11-24"))
    assert (cost.amount, cost.provenance) == (Decimal(7), CostProvenance.PRICED)
    assert cost.price_table == "override 4 of 2026-11-24"
    assert prices.cost_of("o3", "openai", MILLION, 0).price_table == PRICE_TABLE


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        ("gpt-4", "gpt-4", True), ("gpt-4", "gpt-4o", False), ("gpt-4*", "gpt-4", True),
        ("*", "", True), ("*-mini", "gpt-4o-mini", True), ("*-mini", "gpt-4o-mini-1", False),
        ("a*b*c", "a-b-c", True), ("a*b*c", "acb", False), ("a*b*b", "ab", False),
        ("a*a", "a", False), ("a**b", "ab", True), ("a?c", "abc", False), ("[ab]", "a", False),
        ("*b*", "abc", True), ("a*bc*c", "abc", False),
    ],
)  # fmt: skip
def test_a_star_stands_for_any_characters_and_nothing_else_does(
    pattern: str, text: str, does: bool
) -> None:
    assert fits(pattern, text) is does


def test_no_pattern_makes_a_long_name_slow() -> None:
    begun = process_time()
    assert not fits("*a" * 99 + "*b", "a" * 100_000)
    assert process_time() - begun < 5


def test_case_does_not_matter_and_providers_have_many_names() -> None:
    prices = PriceList([own(1, "Brain-*", provider="openai")])
    assert chosen(prices, "brain-1", "azure.ai.openai") == 1
    assert chosen(prices, "BRAIN-1", "OpenAI") == 1
    assert chosen(prices, "brain-1", "acme") == 0
    assert chosen(prices, "brain-1", None) == 0
    assert chosen(PriceList([own(2, "*", provider="Acme")]), "brain-1", "acme") == 2


def test_it_holds_from_its_first_day_until_before_its_last_in_utc() -> None:
    first, last = dt.date(2026, 11, 2), dt.date(2026, 11, 4)
    prices = PriceList([own(1, "m", valid_from=first, valid_until=last)])
    begins = noon("2026-11-02") - DAY // 2
    found = [chosen(prices, "m", at=at) for at in (begins - 1, begins, begins + 2 * DAY - 1)]
    assert found == [0, 1, 1]
    assert chosen(prices, "m", at=begins + 2 * DAY) == 0


def test_before_1970_no_dated_price_holds() -> None:
    prices = PriceList([own(1, "m", valid_from=dt.date(1970, 1, 1))])
    assert (chosen(prices, "m", at=-1), chosen(prices, "m", at=0)) == (0, 1)


def test_of_several_the_one_that_says_more_goes_before() -> None:
    late = dt.date(2026, 6, 1)
    ranked = [
        own(1, "*"), own(9, "gpt-*"), own(8, "gpt-4o*"), own(7, "gpt-4o*", provider="openai"),
        own(3, "gpt-4o"), own(2, "gpt-4o", provider="openai"),
        own(4, "gpt-4o", provider="openai", valid_from=late),
        own(5, "gpt-4o", provider="openai", valid_from=late),
    ]  # fmt: skip
    at = noon("2026-11-24")
    while ranked:
        assert chosen(PriceList(reversed(ranked)), "gpt-4o", "openai", at) == ranked.pop().id


def test_a_price_change_is_a_later_row() -> None:
    prices = PriceList([own(1, "m", "3"), own(2, "m", "2", valid_from=dt.date(2026, 12, 1))])
    days = ("2026-11-30", "2026-12-01")
    found = [prices.cost_of("m", None, MILLION, noon(day)).amount for day in days]
    assert found == [Decimal(3), Decimal(2)]


def test_a_call_of_an_unknown_day_has_what_has_no_end_and_is_an_estimate_where_it_began() -> None:
    ended = own(1, "m", valid_until=dt.date(2026, 1, 1))
    began = own(2, "m", valid_from=dt.date(2026, 1, 1))
    assert chosen(PriceList([ended]), "m", at=None) == 0
    cost = PriceList([began]).cost_of("m", None, MILLION, None)
    assert (cost.amount, cost.provenance) == (Decimal(7), CostProvenance.ESTIMATED)
    always = PriceList([own(3, "m")]).cost_of("m", None, MILLION, None)
    assert always.provenance is CostProvenance.PRICED


def test_cached_tokens_are_paid_as_input_unless_they_have_a_price() -> None:
    usage = Usage(input=1_000_000, cache_read=400_000, cache_write=100_000, output=500_000)
    plain = PriceList([own(1, "m", "10")]).cost_of("m", None, usage, 0)
    apart = own(1, "m", "10", cache_read=Decimal(1), cache_write=Decimal("12.5"))
    assert plain.amount == Decimal("10.5")
    assert PriceList([apart]).cost_of("m", None, usage, 0).amount == Decimal("7.15")


def test_nothing_is_guessed_where_a_call_does_not_say_enough() -> None:
    prices = PriceList([own(1, "*")])
    assert prices.cost_of(None, None, MILLION, 0).amount is None
    assert prices.cost_of("m", None, None, 0).amount is None
    assert prices.cost_of("m", None, Usage(reasoning=5), 0).amount is None
    half = prices.cost_of("m", None, Usage(input=1_000_000), 0)
    assert half.provenance is CostProvenance.ESTIMATED
    contradiction = Usage(input=1, cache_read=5, output=0)
    apart = PriceList([own(1, "*", cache_read=Decimal(1))])
    assert apart.cost_of("m", None, contradiction, 0).amount is None


def test_a_price_of_nothing_is_zero_and_not_unknown() -> None:
    cost = PriceList([own(1, "llama*", "0", output=Decimal(0))])
    assert cost.cost_of("llama-3", None, Usage(input=5, output=5), 0).amount == 0


def test_small_prices_of_few_tokens_are_exact() -> None:
    prices = PriceList([own(1, "m", "0.000000000001")])
    cost = prices.cost_of("m", None, Usage(input=1, output=0), 0)
    assert cost.amount == Decimal("1E-18")


def test_a_project_without_prices_has_the_tables() -> None:
    usage = Usage(input=1000, output=100)
    cost = BUNDLED.cost_of("gpt-4", "openai", usage, 0)
    assert cost == PriceList().cost_of("gpt-4", "openai", usage, 0)
    assert cost.price_table == PRICE_TABLE


def test_what_was_computed_here_is_told_from_what_a_source_stated() -> None:
    ours = [PRICE_TABLE, "genai-prices 0.0.1", own(1, "m").price_table]
    assert all(map(is_computed, ours))
    assert not any(map(is_computed, [None, "", "litellm", "genai-prices", "overrides"]))
