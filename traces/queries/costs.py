"""Where the money went: cost by branch, as sectors that add up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from traces.queries.access import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A branch with its whole cost and tokens, or "… n more" siblings rolled into one, or what no branch owns.

    `id` can be asked for as a root unless `rolled_up`; `parent` is None for the first. The children of a sector never
    add up to more than itself; the rest is its own.
    """

    id: str
    parent: str | None
    label: str
    fate: str
    nodes: int
    tokens: int | None
    cost: Decimal | None
    rolled_up: bool
    ordinal: int | None = None


def cost_by_branch(
    *, who: Who, run_id: str | uuid.UUID, root: str | None = None, max_sectors: int = 1000
) -> list[Sector]:
    """Return the sectors below the sector `root`, or of the whole run; parents first. Raises NotVisible."""
    raise NotImplementedError
