"""What somebody knows of a run beside the entries of its ledger: its server much, a bundle little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Words and numbers; None where nothing is known, as for whoever has the ledger alone.

    `resources` are outside things with the entries that name them, of `resource_count`; None where no text was read.
    `viewers`, `exports`, `changes` and `last_check` are sentences. Cost is in US dollars as text, `seconds` from the
    first to the last that nodes tell. `withheld` counts the texts that a bundle does not show, by reason; `gone` those
    that were taken away.
    """

    cost: str | None = None
    cost_provenance: str | None = None
    price_table: str | None = None
    tokens: Sequence[tuple[str, int]] = ()
    seconds: float | None = None
    resources: Sequence[tuple[str, int]] | None = None
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
    withheld: Mapping[str, int] | None = None
    gone: int | None = None


LEDGER_ALONE = Surroundings()
