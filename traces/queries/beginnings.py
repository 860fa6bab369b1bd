"""In which entry a node begins: the first that reports the node itself, not the first that names it.

What comes by another door, as a request for approval does, may name a node before its own report is recorded.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from traces.models import Node


def nodes_by_begin(run_id: uuid.UUID) -> QuerySet[Any]:
    """Return the nodes of a run, each with the entry `begun` in which it begins. The caller has checked the run."""
    return Node.objects.filter(run_id=run_id).annotate(begun=Coalesce("begun_seq", "ordinal"))


def begin_of(run_id: uuid.UUID, node_id: str | None) -> int | None:
    """Return the entry in which a node begins; None for one that the run has not."""
    if node_id is None:
        return None
    named = nodes_by_begin(run_id).filter(node_id=node_id)
    return named.values_list("begun", flat=True).first()
