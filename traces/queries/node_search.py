"""Finding nodes of a run by the words in their names, previews, answers and errors."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q

from traces.models import Node
from traces.queries.access import Who, see_run

FIELDS = ("name", "preview", "answer", "error", "model", "tool")
AT_MOST = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The ordinals of the nodes that hold every word, and whether there are more than were looked for."""

    ordinals: list[int]
    has_more: bool


def find_nodes(*, who: Who, run_id: str | uuid.UUID, text: str, at_most: int = AT_MOST) -> Found:
    """Return the nodes in which each word of `text` stands somewhere. Raises NotVisible.

    Texts are previews of at most 200 characters: what stands only in the rest of a long text is not found.
    """
    run = see_run(who, run_id)
    words = text.replace("\x00", "").split()[:8]
    if not words:
        return Found(ordinals=[], has_more=False)
    nodes = Node.objects.filter(run_id=run.id)
    for word in words:
        nodes = nodes.filter(_holds(word))
    found = list(nodes.order_by("ordinal").values_list("ordinal", flat=True)[: at_most + 1])
    return Found(ordinals=found[:at_most], has_more=len(found) > at_most)


def _holds(word: str) -> Q:
    anywhere = Q()
    for field in FIELDS:
        anywhere |= Q(**{f"{field}__icontains": word})
    return anywhere
