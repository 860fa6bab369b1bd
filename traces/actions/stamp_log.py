"""Have the last checkpoint of the instance stamped by an authority of time, where one is configured.

Guarantee: nothing waits for it but an export, once and for seconds. A stamp that does not hold is not kept. Who dies
over it, or fails, leaves it to a later pass: after a minute, two, four, and so on up to the usual pause. Two that ask
at once get two stamps, of which one is kept.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q

from traces.models import Checkpoint, InstanceLog, Stamping, TimeStamp
from traces.outgoing.time_authority import AuthorityAt, NotStamped
from traces.queries.checkpoints import find_last

FIRST_WAIT = dt.timedelta(minutes=1)
MOST_DOUBLINGS = 10
CLAIM = dt.timedelta(minutes=2)
"""Longer than one time of asking may take, with the resolver's own patience."""


def stamp_when_due(authority: AuthorityAt, *, every: dt.timedelta, now: dt.datetime) -> bool:
    """Have what was signed last stamped, unless it is, or another one was within `every`. True when it was done now."""
    last = _last_of_instance()
    if last is None or _is_stamped_since(last, now - every):
        return False
    Stamping.objects.bulk_create([Stamping(id=Stamping.ONLY)], ignore_conflicts=True)
    free = Stamping.objects.filter(Q(due_at=None) | Q(due_at__lte=now))
    return bool(free.update(due_at=now + CLAIM)) and _stamp(last, authority, every, now)


def stamp_for_export(
    run_id: uuid.UUID, authority: AuthorityAt, *, every: dt.timedelta, now: dt.datetime
) -> None:
    """Have a stamp over the last checkpoint of a run, as far as the authority is well. Never raises for its sake."""
    told, last = find_last(run_id), _last_of_instance()
    if told is None or told.instance_seq is None or last is None:
        return
    covering = TimeStamp.objects.filter(
        checkpoint__origin=last.origin, checkpoint__size__gt=told.instance_seq
    )
    in_trouble = Stamping.objects.filter(failures__gt=0, due_at__gt=now)
    if not covering.exists() and not in_trouble.exists():
        _stamp(last, authority, every, now)


def _last_of_instance() -> Checkpoint | None:
    log = InstanceLog.objects.filter(pk=InstanceLog.ONLY).first()
    if log is None:
        return None
    return Checkpoint.objects.filter(run_id=log.run_id, origin=log.name).order_by("-size").first()


def _is_stamped_since(last: Checkpoint, then: dt.datetime) -> bool:
    stamps = TimeStamp.objects.filter(checkpoint__origin=last.origin)
    return stamps.filter(Q(checkpoint=last) | Q(stamped_at__gt=then)).exists()


def _stamp(
    checkpoint: Checkpoint, authority: AuthorityAt, every: dt.timedelta, now: dt.datetime
) -> bool:
    try:
        response, stamp = authority.stamp(checkpoint.note.encode(), now=now)
    except NotStamped as refused:
        _note_failure(str(refused), every, now)
        return False
    row = TimeStamp(
        checkpoint=checkpoint, stamped_at=stamp.at, authority=stamp.by, response=response
    )
    TimeStamp.objects.bulk_create([row], ignore_conflicts=True)
    Stamping.objects.update(failures=0, due_at=None, trouble=None, trouble_since=None)
    return True


def _note_failure(sentence: str, every: dt.timedelta, now: dt.datetime) -> None:
    known, _ = Stamping.objects.get_or_create(pk=Stamping.ONLY)
    wait = min(every, FIRST_WAIT * 2 ** min(known.failures, MOST_DOUBLINGS))
    Stamping.objects.update(
        failures=known.failures + 1,
        due_at=now + wait,
        trouble=sentence,
        trouble_since=known.trouble_since or now,
    )
