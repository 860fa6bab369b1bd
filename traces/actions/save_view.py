"""Keep a view of the list of runs under a name, or let go of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext

from traces.actions.conflict import Unfit
from traces.models import SavedView
from traces.queries.access import NotVisible, is_storable

MAX_VIEWS = 30
"""Of one person: all of them stand above the list."""
MAX_NAME_CHARS = 60
MAX_QUERY_CHARS = 4_000


def save_view(*, user: Any, name: str, query: str, now: dt.datetime) -> SavedView:
    """Keep an address of the list under a name; the same name again is another address for it. Raises Unfit."""
    if not (0 < len(name) <= MAX_NAME_CHARS and name.isprintable()):
        raise Unfit("name", gettext("must be 1 to {most} characters").format(most=MAX_NAME_CHARS))
    if len(query) > MAX_QUERY_CHARS or not is_storable(query):
        raise Unfit("query", gettext("must be the address of a list of runs"))
    mine = SavedView.objects.filter(user=user)
    if mine.count() >= MAX_VIEWS and not mine.filter(name=name).exists():
        raise Unfit(
            "name",
            gettext("at most {most} views are kept; let go of one first").format(most=MAX_VIEWS),
        )
    kept, _ = SavedView.objects.update_or_create(
        user=user,
        name=name,
        defaults={"query": query},
        create_defaults={"query": query, "created_at": now},
    )
    return kept


def remove_view(*, user: Any, view_id: int) -> None:
    """Let go of one of a person's own views. Raises NotVisible."""
    gone, _ = SavedView.objects.filter(user=user, id=view_id).delete()
    if not gone:
        raise NotVisible
