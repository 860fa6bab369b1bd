"""Money that the ledger can hold, and read back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from deliberation.events import NodeObserved
from deliberation.events.fields import reader_for
from deliberation.vocabulary import NodeKind, Usage
from ingest.mapping.take import as_amount
from ingest.priced import priced

RUN = "018f0000-0000-7000-8000-000000000000"
decode_amount = reader_for(Decimal, "amount")


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("999999999999.0000000000000000001", "999999999999"),
        ("999999999999.9999999999999999999", "999999999999.999999999999999999"),
        ("0E+999999999", "0"),
        ("1e-400", "0"),
        ("1e12", None),
    ],
)
def test_an_amount_of_any_length_fits_the_ledger_or_is_none(stated: str, kept: str | None) -> None:
    amount = as_amount(stated)
    assert amount == (None if kept is None else Decimal(kept))
    if amount is not None:
        assert decode_amount(format(amount, "f")) == amount


def test_a_call_that_would_cost_more_than_all_money_is_not_priced() -> None:
    call = NodeObserved(
        run=RUN,
        key="k",
        node="a",
        node_kind=NodeKind.MODEL_CALL,
        model="gpt-4o",
        provider="openai",
        usage=Usage(input=2**63 - 1, output=1),
    )
    assert priced(call).cost is None  # type: ignore[attr-defined]
    assert priced(replace(call, usage=Usage(input=8, output=1))).cost is not None  # type: ignore[attr-defined]
