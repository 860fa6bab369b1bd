"""The views of the list of runs that somebody keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from traces.models import SavedView


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRow:
    """A name for an address of the list; `query` is what stands after its question mark."""

    id: int
    name: str
    query: str


def list_views(*, user: Any) -> list[ViewRow]:
    """Return a person's own views, by name."""
    found = SavedView.objects.filter(user=user).order_by("name")
    return [ViewRow(**values) for values in found.values("id", "name", "query")]
