"""Money for a call whose source states none.

Prices come from the `genai-prices` package as installed: its bundled table, never its updates over
the network, so that the same call costs the same on every machine that has the same version. A
model or provider that the table does not know has no price; it is never given a guess.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from genai_prices.data import providers
from genai_prices.data_snapshot import find_provider_by_id
from genai_prices.types import ModelInfo, ModelPrice

from deliberation.vocabulary import Cost, CostProvenance, Usage
from traces.pricing.rates import Rates, amount_of, read_rates

PRICE_TABLE = f"genai-prices {version('genai-prices')}"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ABSENT = Cost()
SMALLEST = Decimal(1).scaleb(-18)
"""The ledger keeps 18 decimals."""
MAX_AMOUNT = 10**12
"""Of dollars for one call: the ledger keeps 12 digits. What costs more states tokens that nobody used."""

ALIASES = {
    "azure.ai.inference": "azure",
    "gcp.gen_ai": "google",
    "moonshot_ai": "moonshotai",
    "x_ai": "x-ai",
    "xai": "x-ai",
}
"""Names of OpenTelemetry's and other conventions that the table does not know."""

FRAMEWORKS = frozenset(
    {
        "agent-framework",
        "autogen",
        "crewai",
        "dspy",
        "haystack",
        "langchain",
        "langchain-core",
        "langgraph",
        "llama_index",
        "llamaindex",
        "microsoft.agent_framework",
        "semantic_kernel",
        "smolagents",
        "strands-agents",
    }
)
"""What some clients name for a provider, and sells nothing: the price is that of the model's own maker, estimated."""

Dated = tuple[tuple[Any, Rates | None], ...]
"""(constraint or None, rates), the first to be tried first; the last stands when none is active."""


def price_call(
    model: str | None, provider: str | None, usage: Usage | None, at_ns: int | None
) -> Cost:
    """Return what a call cost in US dollars at the prices of its time, `at_ns` in ns since 1970.

    `priced` when input and output are known; `estimated` when one of them is missing and would cost
    something, or who sold the call is not told; `absent`, with no amount, when model, provider or usage is not
    known, or the numbers contradict each other.
    """
    if model is None or usage is None or (usage.input is None and usage.output is None):
        return ABSENT
    dated = find_rates(model, provider)
    rates = rates_at(dated, at_ns) if dated else None
    if dated is None or rates is None:
        return ABSENT
    is_sure = (at_ns is not None or len(dated) == 1) and not _is_framework(provider)
    return cost_at(rates, usage, is_sure=is_sure, price_table=PRICE_TABLE)


def cost_at(rates: Rates, usage: Usage, *, is_sure: bool, price_table: str) -> Cost:
    """Return what a call cost at these rates; `absent` when the numbers contradict each other."""
    amount = amount_of(rates, usage)
    if amount is None or amount >= MAX_AMOUNT:
        return ABSENT
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -18:
        amount = amount.quantize(SMALLEST)
    is_exact = is_sure and _is_complete(rates, usage)
    provenance = CostProvenance.PRICED if is_exact else CostProvenance.ESTIMATED
    return Cost(amount=amount, provenance=provenance, price_table=price_table)


def rates_at(dated: Dated, at_ns: int | None) -> Rates | None:
    """Return the rates that were in force at a time, the latest when it is not known."""
    if len(dated) == 1 or at_ns is None:
        return dated[0][1]
    when = EPOCH + timedelta(microseconds=at_ns // 1000)
    for constraint, rates in dated:
        if constraint is None or constraint.active(when):
            return rates
    return dated[-1][1]


# Bounded, because model names come from outside; a look-up walks hundreds of patterns, 15 to 55 µs.
@lru_cache(maxsize=4096)
def find_rates(model: str, provider: str | None) -> Dated | None:
    """Return the dated rates of a model, or None where the table does not know it."""
    found = _find_model(model.lower(), provider)
    if found is None:
        return None
    if isinstance(found.prices, ModelPrice):
        return ((None, read_rates(found.prices)),)
    # The package tries the last first, and falls back on the first.
    dated = [(each.constraint, read_rates(each.prices)) for each in reversed(found.prices)]
    return tuple(dated) or None


def _find_model(model: str, provider: str | None) -> ModelInfo | None:
    if provider is not None and not _is_framework(provider):
        named = ALIASES.get(provider.lower(), provider)
        if named.lower() == "litellm" and "/" in model:
            named, _, model = model.partition("/")
        seller = find_provider_by_id(providers, named)
    else:
        seller = next((each for each in providers if _sells(each, model)), None)
    return seller.find_model(model, all_providers=providers) if seller else None


def _is_framework(provider: str | None) -> bool:
    return provider is not None and provider.lower() in FRAMEWORKS


def _sells(provider: Any, model: str) -> bool:
    return provider.model_match is not None and bool(provider.model_match.is_match(model))


def _is_complete(rates: Rates, usage: Usage) -> bool:
    lacks_input = usage.input is None and bool(rates.input)
    lacks_output = usage.output is None and bool(rates.output)
    return not (lacks_input or lacks_output)
