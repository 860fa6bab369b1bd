"""Calls are priced offline, exactly, and never by a guess."""

from __future__ import annotations

import random
import socket
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices.data import providers
from genai_prices.types import Usage as TableUsage

from deliberation.vocabulary import Cost, CostProvenance, Usage
from traces.pricing import PRICE_TABLE, price_call

HOUR = 3_600_000_000_000
NOW = 1_795_000_000_000_000_000


def amount(model: str, provider: str | None, at: int = NOW, **usage: int) -> Decimal | None:
    return price_call(model, provider, Usage(**usage), at).amount


def test_it_works() -> None:
    cost = price_call("gpt-4", "openai", Usage(input=1_387_936, output=547_859), NOW)
    assert cost.amount == Decimal("74.50962")
    assert cost.provenance is CostProvenance.PRICED
    assert cost.price_table == PRICE_TABLE
    assert PRICE_TABLE.startswith("genai-prices 0.")
    assert cost.currency == "USD"


def test_a_model_without_its_provider_is_found_by_its_name() -> None:
    assert amount("gpt-4", None, input=1000, output=0) == Decimal("0.03")


@pytest.mark.parametrize("provider", ["azure.ai.openai", "openai.chat", "OpenAI", "openai"])
def test_conventions_name_one_provider_in_many_ways(provider: str) -> None:
    assert amount("gpt-4", provider, input=1000, output=0) == Decimal("0.03")


@pytest.mark.parametrize("framework", ["strands-agents", "LangChain"])
def test_a_framework_sells_nothing_so_the_maker_s_price_is_an_estimate(framework: str) -> None:
    cost = price_call("gpt-4", framework, Usage(input=1000, output=0), NOW)
    assert (cost.amount, cost.provenance) == (Decimal("0.03"), CostProvenance.ESTIMATED)
    assert price_call("no-such-model", framework, Usage(input=1, output=1), NOW) == Cost()


@pytest.mark.parametrize(
    ("model", "provider"),
    [("brain-1", "function"), ("gpt-4", "function"), ("no-such-model", "openai"), ("", None)],
)
def test_what_the_table_does_not_know_has_no_price(model: str, provider: str | None) -> None:
    assert price_call(model, provider, Usage(input=1, output=1), NOW) == Cost()


def test_unknown_tokens_have_no_price() -> None:
    assert price_call("gpt-4", "openai", None, NOW).amount is None
    assert price_call("gpt-4", "openai", Usage(reasoning=5), NOW).amount is None
    assert price_call(None, "openai", Usage(input=5, output=1), NOW).amount is None


def test_zero_tokens_cost_zero_and_not_nothing() -> None:
    assert amount("gpt-4", "openai", input=0, output=0) == 0


def test_a_missing_side_makes_it_an_estimate() -> None:
    cost = price_call("gpt-4", "openai", Usage(input=1000), NOW)
    assert (cost.amount, cost.provenance) == (Decimal("0.03"), CostProvenance.ESTIMATED)


def test_a_call_without_a_date_is_an_estimate_where_the_price_has_changed() -> None:
    changed = price_call("o3", "openai", Usage(input=1000, output=1000), None)
    latest = price_call("o3", "openai", Usage(input=1000, output=1000), NOW)
    assert (changed.amount, changed.provenance) == (latest.amount, CostProvenance.ESTIMATED)
    same = price_call("gpt-4", "openai", Usage(input=1000, output=1000), None)
    assert same.provenance is CostProvenance.PRICED


def test_an_embedding_needs_no_output() -> None:
    cost = price_call("text-embedding-3-small", "openai", Usage(input=1_000_000), NOW)
    assert (cost.amount, cost.provenance) == (Decimal("0.02"), CostProvenance.PRICED)


def test_parts_larger_than_their_whole_have_no_price() -> None:
    assert amount("gpt-4o", "openai", input=10, cache_read=20, output=1) is None


def test_cached_input_is_paid_at_its_own_rate() -> None:
    plain = amount("gpt-4o", "openai", input=1_000_000, output=0)
    cached = amount("gpt-4o", "openai", input=1_000_000, cache_read=1_000_000, output=0)
    assert plain is not None
    assert cached is not None
    assert cached < plain


def test_a_price_is_that_of_its_day() -> None:
    changed = [
        (provider.id, model)
        for provider in providers
        for model in provider.models
        if isinstance(model.prices, list) and len(model.prices) > 1
    ]
    assert changed
    for provider_id, model in changed:
        for hour in range(17_000 * 24, 21_500 * 24, 6_007):
            when = datetime.fromtimestamp(hour * 3_600, UTC)
            priced = price_call(model.id, provider_id, Usage(input=1000, output=1000), hour * HOUR)
            if priced.amount is None or not _is_found(provider_id, model.id, model):
                continue
            usage = TableUsage(input_tokens=1000, output_tokens=1000)
            expected = model.get_prices(when).calc_price(usage)["total_price"]
            assert priced.amount == _as_kept(expected)


def test_every_model_costs_what_the_package_says() -> None:
    chance = random.Random(7)
    compared = 0
    for provider in providers:
        for model in provider.models:
            if not _is_found(provider.id, model.id, model):
                continue
            ours = _random_usage(chance)
            theirs = TableUsage(
                input_tokens=ours.input,
                output_tokens=ours.output,
                cache_read_tokens=ours.cache_read,
                cache_write_tokens=ours.cache_write,
                output_reasoning_tokens=ours.reasoning,
            )
            when = datetime.fromtimestamp(NOW / 1e9, UTC)
            priced = price_call(model.id, provider.id, ours, NOW).amount
            if priced is not None:
                expected = model.calc_price(theirs, provider, genai_request_timestamp=when)
                assert priced == _as_kept(expected.total_price), (provider.id, model.id, ours)
                compared += 1
    assert compared > 1500


def test_nothing_asks_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a price was asked of the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert amount("claude-sonnet-4-5", "anthropic", input=1_000_001, output=7) is not None


def _is_found(provider_id: str, model_id: str, model: object) -> bool:
    from traces.pricing.price import _find_model

    return _find_model(model_id.lower(), provider_id) is model


def _as_kept(exact: Decimal) -> Decimal:
    """Some rates of the table are floats written out (0.18000000000000002); 18 decimals are kept."""
    return round(exact, 18)


def _random_usage(chance: random.Random) -> Usage:
    entered, came_out = chance.randrange(400_000), chance.randrange(50_000)
    read = chance.randrange(entered // 2 + 1)
    return Usage(
        input=entered,
        output=came_out,
        cache_read=read,
        cache_write=chance.randrange(entered - read + 1),
        reasoning=chance.randrange(came_out + 1),
    )
