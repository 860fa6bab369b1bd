"""The keys of a project, with those that were ended: history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from traces.models import ApiKey

MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key in a list. Who made or ended it is None where that was not recorded."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_by: str | None
    created_at: dt.datetime
    used_at: dt.datetime | None
    revoked_by: str | None
    revoked_at: dt.datetime | None


COLUMNS = tuple(KeyRow.__slots__)


def list_keys(project_id: int) -> list[KeyRow]:
    """Return a project's keys: those that work, the newest first, then the ended. The caller has checked it."""
    found = ApiKey.objects.filter(project_id=project_id)
    ordered = found.order_by(F("revoked_at").desc(nulls_first=True), "-pk")
    return [KeyRow(**values) for values in ordered.values(*COLUMNS)[:MOST]]
