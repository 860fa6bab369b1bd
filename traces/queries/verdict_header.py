"""What a run page opens on: the answer, what it won against, who checked, and what it cost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from traces.queries.access import Who
from traces.queries.amounts import Discarded


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """A verifier's latest word on the answer."""

    name: str
    kind: str | None
    independence: str | None
    outcome: str
    score: float | None
    saw_reference: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendLine:
    """Spent against one budget: `words` are "$0.31 of $0.50", `tone` None, "warm" or "over"."""

    dimension: str
    words: str
    share: float | None
    tone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """The verdict on a run. `margin` is words; `what_would_have_changed_it` one sentence from recorded numbers."""

    answer: str | None
    runner_up: str | None
    margin: str
    margin_known: bool
    decided_by: str | None
    checkers: list[Checker]
    spend: list[SpendLine]
    discarded: Discarded
    what_would_have_changed_it: str | None
    not_recorded: list[str]


def get_header(*, who: Who, run_id: str | uuid.UUID) -> RunHeader:
    """Return the verdict on a run. Raises NotVisible."""
    raise NotImplementedError
