"""How much of the reasoning that was paid for can be read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext

from traces.models import Node, Run

FULL_FROM = 2.5
"""Characters a token. Text in full has about 4; summaries by their providers were measured at 0.4 (o4-mini)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legibility:
    """Characters of reasoning that can be read, per reasoning token that was billed.

    Over the calls that state reasoning tokens; `unseen` of `calls` show none of it.
    """

    chars: int
    tokens: int
    calls: int
    unseen: int

    @property
    def ratio(self) -> float:
        """Visible characters by billed tokens."""
        return self.chars / self.tokens

    @property
    def words(self) -> str:
        """What such a ratio amounts to."""
        if self.chars == 0:
            return gettext("none of it can be read")
        if self.ratio >= FULL_FROM:
            return gettext("about the whole text")
        return gettext("a summary at most")


def read_legibility(run: Run) -> Legibility | None:
    """Return the legibility of a run that the caller may see; None where no reasoning tokens were billed."""
    if not run.reasoning_tokens:
        return None
    billed = Node.objects.filter(run_id=run.id, reasoning_tokens__gt=0, aside=None)
    sums = billed.aggregate(
        chars=Sum("reasoning_chars"),
        tokens=Sum("reasoning_tokens"),
        calls=Count("node_id"),
        unseen=Count("node_id", filter=Q(reasoning_chars=None)),
    )
    if not sums["tokens"]:
        return None
    return Legibility(**{**sums, "chars": sums["chars"] or 0, "tokens": int(sums["tokens"])})
