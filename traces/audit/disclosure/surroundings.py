"""What only the server knows of a run, beside its ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Words and numbers; None where nothing is known, as for whoever has the ledger alone.

    `resources` are outside things with the entries that name them, of `resource_count`. `viewers`, `exports` and
    `changes` are sentences. Cost is in US dollars as text, `seconds` from the first to the last that nodes tell.
    """

    cost: str | None = None
    cost_provenance: str | None = None
    price_table: str | None = None
    tokens: Sequence[tuple[str, int]] = ()
    seconds: float | None = None
    orphans: int | None = None
    resources: Sequence[tuple[str, int]] = ()
    resource_count: int = 0
    viewers: Sequence[str] | None = None
    exports: Sequence[str] | None = None
    owners: Sequence[str] | None = None
    changes: Sequence[str] | None = None
    root: str | None = None
    signed_size: int | None = None
    signed_by: str | None = None
    last_check: str | None = None
    policy: str | None = None


LEDGER_ALONE = Surroundings()
