"""Several instrumentations that watched one program tell the same: tokens by class, calls, tools and money.

The corpus was recorded by running a script once per instrumentation against a scripted model. Where one of them sends
less than the others, what it leaves out is unknown, and not zero.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from django.db.models import Sum

from tests.integration.corpus.replay import replay
from tests.unit.wire.recordings import recorded
from traces.models import Node

pytestmark = pytest.mark.django_db

LANGCHAIN = ("langchain-genai", "langchain-openinference", "langsmith-otel")
LANGCHAIN_WITHOUT_REASONING = "langchain-openllmetry"
CHAT = ("openai-openinference-json-py", "openai-openllmetry")
CHAT_WITHOUT_DETAILS = ("openai-contrib-latest-spans", "openai-contrib-v1.30-events")
WITH_RESPONSES = ("openai-genai", "openai-openinference")
BY_RESPONSES = "gpt-5"
"""The models that the script asks over OpenAI's newer API, which the contrib instrumentations do not watch."""

CACHED_COSTS_LESS = Decimal("0.075") / 10**6
"""US dollars a cached token of gpt-4o-mini, the only model of the script with a cache: half of 0.15 a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a recording's counted calls come to. None is unknown."""

    calls: int
    input: int | None
    output: int | None
    cache_read: int | None
    reasoning: int | None
    cost: Decimal | None
    tools: Counter[str]


def totals(client: str, *, without: str | None = None) -> Totals:
    """Return a recording's totals; of calls, not those to models whose name begins with `without`."""
    nodes = Node.objects.filter(run_id__in=replay(client, list(recorded(client))).runs.all())
    calls = nodes.filter(kind="model_call", calls_below=False, twin_of=None)
    if without is not None:
        calls = calls.exclude(model__startswith=without)
    names = ("input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens", "cost")
    sums = calls.filter(aside=None).aggregate(*map(Sum, names))
    return Totals(
        calls=calls.count(),
        input=sums["input_tokens__sum"],
        output=sums["output_tokens__sum"],
        cache_read=sums["cache_read_tokens__sum"],
        reasoning=sums["reasoning_tokens__sum"],
        cost=sums["cost__sum"],
        tools=Counter(nodes.filter(kind="tool_call").values_list("tool", flat=True)),
    )


def test_three_instrumentations_of_a_langchain_program_give_equal_totals() -> None:
    first, *others = map(totals, LANGCHAIN)
    assert first == Totals(
        calls=21,
        input=1_237,
        output=404,
        cache_read=287,
        reasoning=35,
        cost=Decimal("0.002413825"),
        tools=Counter(calculator=3, lookup=3),
    )
    assert others == [first, first]


def test_a_fourth_that_sends_no_reasoning_tokens_gives_the_same_but_these() -> None:
    whole = totals(LANGCHAIN[0])
    assert totals(LANGCHAIN_WITHOUT_REASONING) == replace(whole, reasoning=None)


def test_runs_add_up_to_the_same_as_their_calls() -> None:
    for client in (*LANGCHAIN, LANGCHAIN_WITHOUT_REASONING):
        runs = replay(f"{client}-again", list(recorded(client))).runs
        found = runs.aggregate(*map(Sum, ("model_calls", "input_tokens", "tool_calls", "cost")))
        assert tuple(found.values()) == (21, 1_237, 6, Decimal("0.002413825"))


def test_instrumentations_of_an_openai_program_give_equal_totals() -> None:
    first, other = (totals(client, without=BY_RESPONSES) for client in CHAT)
    assert first == other
    assert (first.calls, first.input, first.output) == (23, 1_485, 500)
    assert (first.cache_read, first.reasoning) == (357, 52)


@pytest.mark.parametrize("client", CHAT_WITHOUT_DETAILS)
def test_one_that_sends_neither_cached_nor_reasoning_tokens_overstates_the_cost_by_the_cache(
    client: str,
) -> None:
    whole = totals(CHAT[0], without=BY_RESPONSES)
    assert whole.cache_read is not None
    assert whole.cost is not None
    assert totals(client) == replace(
        whole,
        cache_read=None,
        reasoning=None,
        cost=whole.cost + whole.cache_read * CACHED_COSTS_LESS,
    )


def test_the_whole_program_with_both_apis_gives_equal_totals_over_two() -> None:
    first, other = map(totals, WITH_RESPONSES)
    assert first == other
    assert (first.calls, first.input, first.output) == (28, 35_475, 632)
