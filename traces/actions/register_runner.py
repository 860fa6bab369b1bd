"""Write down that a process serves replays, and what it can begin; said again it is a heartbeat.

Guarantee: one row for each process of a project, whichever request comes first. Who is silent for a lease's length is
not there any more; it may come back under the same name.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from traces.actions.conflict import Unfit
from traces.actions.tell_run import Randbytes
from traces.models import Project, Runner
from traces.queries.access import is_storable
from traces.queries.patience import SECOND, patience

MAX_RUNNERS = 200
"""Of one project, those that are heard of."""
MAX_ENTRIES = 100
MAX_CHARS = 200
MAX_SCHEMA_BYTES = 16 * 1024
FORGOTTEN_AFTER = 24 * 3600 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a runner can begin: `entry_point` as module:function, with a digest of its source and a JSON schema."""

    entry_point: str
    version: str | None
    code_digest: str | None
    parameters_schema: dict[str, Any] | None


def register_runner(
    *,
    project_id: int,
    holder: str,
    name: str,
    entries: Sequence[Entry],
    by: str,
    now_ns: int,
    randbytes: Randbytes,
) -> Runner:
    """Register the process that calls itself `holder`, or hear of it again. Raises Unfit."""
    _check(holder, name, entries)
    said = {
        "name": name,
        "by": by,
        "entries": [asdict(each) for each in entries],
        "heard_ns": now_ns,
        "expires_ns": now_ns + patience().lease,
    }
    with transaction.atomic():
        # Locked, so that two first words of one process make one row, and a project's rows are counted in turn.
        Project.objects.select_for_update(no_key=True).get(pk=project_id)
        known = Runner.objects.filter(project_id=project_id, holder=holder)
        if known.update(**said):
            return known.get()
        _make_room(project_id, now_ns)
        return Runner.objects.create(
            id=uuid.UUID(bytes=randbytes(16), version=4),
            project_id=project_id,
            holder=holder,
            registered_ns=now_ns,
            **said,
        )


def hear_runner(runner: Runner, now_ns: int) -> None:
    """Note that the process was heard of."""
    expires_ns = now_ns + patience().lease
    Runner.objects.filter(pk=runner.pk).update(heard_ns=now_ns, expires_ns=expires_ns)


def forget_runners(*, now_ns: int) -> None:
    """Forget processes that nothing was heard of for a day; their replays keep their names."""
    Runner.objects.filter(heard_ns__lt=now_ns - FORGOTTEN_AFTER).delete()


def _make_room(project_id: int, now_ns: int) -> None:
    if Runner.objects.filter(project_id=project_id, expires_ns__gt=now_ns).count() >= MAX_RUNNERS:
        sentence = gettext("{most} runners of this project are heard of already")
        raise Unfit("holder", sentence.format(most=MAX_RUNNERS))


def _check(holder: str, name: str, entries: Sequence[Entry]) -> None:
    for field, text in (("holder", holder), ("name", name)):
        _check_word(field, text)
    if not 0 < len(entries) <= MAX_ENTRIES:
        sentence = gettext("must be 1 to {most}").format(most=MAX_ENTRIES)
        raise Unfit("entries", sentence)
    for each in entries:
        _check_word("entry_point", each.entry_point)
        for text in filter(None, (each.version, each.code_digest)):
            _check_word("entries", text)
        _check_schema(each.parameters_schema)


def _check_word(field: str, text: str) -> None:
    if not (0 < len(text) <= MAX_CHARS and is_storable(text) and text.isprintable()):
        sentence = gettext("has 1 to {most} printable characters").format(most=MAX_CHARS)
        raise Unfit(field, sentence)


def _check_schema(schema: dict[str, Any] | None) -> None:
    try:
        text = json.dumps(schema, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise Unfit("parameters_schema", gettext("must be a JSON object")) from None
    fits = len(text.encode("utf-8", "surrogatepass")) <= MAX_SCHEMA_BYTES
    if not fits or not is_storable(text) or "\\u0000" in text:
        sentence = gettext("must be at most {most} bytes of text").format(most=MAX_SCHEMA_BYTES)
        raise Unfit("parameters_schema", sentence)
