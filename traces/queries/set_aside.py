"""What a run's nodes state and is not added up, with the reason."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from traces.models import Node
from traces.queries.access import Who, see_run


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideLine:
    """Nodes set aside for one reason (traces.analytics.billing): how many, and the tokens and dollars they state."""

    reason: str
    nodes: int
    input: int | None
    output: int | None
    cost: Decimal | None


def list_set_aside(*, who: Who, run_id: str | uuid.UUID) -> list[SetAsideLine]:
    """Return one line for each reason that occurs in the run. Raises NotVisible."""
    run = see_run(who, run_id)
    found = (
        Node.objects.filter(run_id=run.pk, aside__isnull=False)
        .values("aside")
        .annotate(
            nodes=Count("*"),
            input=Sum("input_tokens"),
            output=Sum("output_tokens"),
            money=Sum("cost"),
        )
        .order_by("aside")
    )
    return [
        SetAsideLine(
            reason=str(each["aside"]),
            nodes=each["nodes"],
            input=each["input"],
            output=each["output"],
            cost=each["money"],
        )
        for each in found
    ]
