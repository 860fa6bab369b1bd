"""Which runs a run is likely to be compared with: what it replays, who replays it, its session, and its namesakes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from traces.models import Run
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.runs import RunRow, rows_of

LOOKED_THROUGH = 2_000
"""Newest runs of the project among which relatives are looked for: no index leads to them."""
OTHERS_AT_MOST = 12
SHOWN_OF_EACH = 6


class Kinship(StrEnum):
    """Why a run is likely to be compared, the nearest first."""

    ORIGINAL = "original"
    """It is what the run replays."""
    REPLAY = "replay"
    """It replays the run, or what the run replays too."""
    SAME_TASK = "same_task"
    """It was asked the same."""
    SAME_NAME = "same_name"
    """It is called the same."""
    SAME_SESSION = "same_session"
    """It belongs to the same session."""
    RECENT = "recent"
    """It is one of the newest."""


@dataclass(frozen=True, slots=True)
class Other:
    """A run that is likely to be compared, and why."""

    run: RunRow
    kinship: Kinship


def list_likely_others(
    *, who: Who, run_id: str | uuid.UUID, limit: int = OTHERS_AT_MOST
) -> list[Other]:
    """Return runs to compare a run with, the likeliest first. Raises NotVisible."""
    run = see_run(who, run_id)
    found: dict[uuid.UUID, tuple[Run, Kinship]] = {}
    for kinship, others in _relatives(who, run):
        for other in others[:SHOWN_OF_EACH]:
            if other.pk != run.pk:
                found.setdefault(other.pk, (other, kinship))
    likely = list(found.values())[:limit]
    rows = rows_of([other for other, _ in likely])
    return [Other(row, kinship) for row, (_, kinship) in zip(rows, likely, strict=True)]


def find_original(*, who: Who, run: RunRow) -> RunRow | None:
    """Return the run that a run replays, where the asker may see it."""
    try:
        return rows_of([see_run(who, run.replay_of)])[0] if run.replay_of else None
    except NotVisible:
        return None


def _relatives(who: Who, run: Run) -> Iterator[tuple[Kinship, list[Run]]]:
    yield Kinship.ORIGINAL, _original(who, run)
    ours = Run.objects.filter(project_id=run.project_id, size__gt=0).select_related("project")
    newest = ours.order_by("-id")[:LOOKED_THROUGH]
    known = list(newest.values_list("id", "replay_of", "task", "name"))
    same = {
        Kinship.REPLAY: [row[0] for row in known if row[1] in {str(run.pk), run.replay_of or "-"}],
        Kinship.SAME_TASK: [row[0] for row in known if run.task and row[2] == run.task],
        Kinship.SAME_NAME: [row[0] for row in known if run.name and row[3] == run.name],
    }
    for kinship, ids in same.items():
        yield kinship, _those(ours, ids)
    if run.session_id is not None:
        session = ours.filter(session_id=run.session_id).order_by("-id")
        yield Kinship.SAME_SESSION, list(session[: SHOWN_OF_EACH + 1])
    yield Kinship.RECENT, _those(ours, [row[0] for row in known])


def _original(who: Who, run: Run) -> list[Run]:
    try:
        return [see_run(who, run.replay_of)] if run.replay_of else []
    except NotVisible:
        return []


def _those(ours: QuerySet[Run], ids: list[uuid.UUID]) -> list[Run]:
    wanted = ids[: SHOWN_OF_EACH + 1]
    return sorted(ours.filter(id__in=wanted), key=lambda each: wanted.index(each.pk))
