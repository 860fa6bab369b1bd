"""Amounts: what they say of themselves."""

from __future__ import annotations

from decimal import Decimal

from deliberation.vocabulary import Cost, CostProvenance


def test_an_amount_without_provenance_is_the_reporters_own_word() -> None:
    assert Cost(amount=Decimal("0.5")).provenance is CostProvenance.REPORTED


def test_no_amount_is_absent() -> None:
    assert Cost().provenance is CostProvenance.ABSENT
