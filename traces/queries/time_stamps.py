"""The time stamps that an installation has: those that cover a run, and how the asking for them goes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from deliberation.bundle.bounds import MAX_ANCHORS
from traces.audit.stored import StoredAnchor
from traces.models import Checkpoint, InstanceEntry, Stamping, TimeStamp
from traces.outgoing.time_authority import AuthorityAt
from traces.queries.log_growth import log_of_instance
from traces.queries.receipts import write_proof

FIRST_OF_EACH = """
SELECT DISTINCT ON (stamp.checkpoint_id) own.size, own.instance_seq, stamp.checkpoint_id
  FROM traces_checkpoint AS own CROSS JOIN LATERAL (
       SELECT held.checkpoint_id FROM traces_timestamp AS held
         JOIN traces_checkpoint AS log ON log.id = held.checkpoint_id
        WHERE log.origin = %(name)s AND log.size > own.instance_seq ORDER BY held.stamped_at, log.size LIMIT 1) AS stamp
 WHERE own.run_id = %(run)s::uuid AND own.origin = %(origin)s AND own.size <= %(most)s
 ORDER BY stamp.checkpoint_id, own.size DESC
"""
"""The stamp that first covered each checkpoint of a run, and of those that it covered so the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampingState:
    """Where stamps are asked for, what the last one covers (entries of the instance's log), and why none comes now."""

    url: str
    authority: str | None
    stamped_at: dt.datetime | None
    size: int | None
    trouble: str | None
    trouble_since: dt.datetime | None


def the_authority() -> AuthorityAt | None:
    """Return the authority that this installation asks; None where none is configured."""
    if not settings.TSA_URL:
        return None
    return AuthorityAt(settings.TSA_URL, settings.TSA_CA)


def stamp_pause() -> dt.timedelta:
    """Return how long after a stamp the next one is asked for."""
    return dt.timedelta(seconds=settings.TSA_EVERY_SECONDS)


def read_stamping() -> StampingState | None:
    """Return how the asking goes; None where no authority is configured."""
    if not settings.TSA_URL:
        return None
    last = TimeStamp.objects.select_related("checkpoint").order_by("-stamped_at", "-id").first()
    row = Stamping.objects.filter(pk=Stamping.ONLY).first()
    return StampingState(
        url=settings.TSA_URL,
        authority=last.authority if last else None,
        stamped_at=last.stamped_at if last else None,
        size=last.checkpoint.size if last else None,
        trouble=row.trouble if row else None,
        trouble_since=row.trouble_since if row else None,
    )


def anchors_of(last: Checkpoint) -> list[StoredAnchor]:
    """Return the anchors of a run up to its checkpoint `last`, by ascending size: the last MAX_ANCHORS of them."""
    log = log_of_instance()
    if log is None:
        return []
    found = sorted(_first_of_each(last))[-MAX_ANCHORS:]
    held = _stamps([at for _, _, at in found])
    stamps = {each.checkpoint_id: each.checkpoint for each in held}
    responses = {each.checkpoint_id: bytes(each.response) for each in held}
    lines = _lines([seq for _, seq, _ in found])
    return [
        StoredAnchor(
            size=size,
            leaf=lines[seq] + b"\n",
            proof=write_proof(log, seq, stamps[at].size, stamps[at].note).decode(),
            response=responses[at],
        )
        for size, seq, at in found
    ]


def _first_of_each(last: Checkpoint) -> list[tuple[int, int, int]]:
    name = last.origin.rpartition("/runs/")[0]
    given: dict[str, str | int] = {
        "name": name,
        "run": str(last.run_id),
        "origin": last.origin,
        "most": last.size,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIRST_OF_EACH, given)
        return [(size, seq, checkpoint) for size, seq, checkpoint in cursor.fetchall()]


def _stamps(checkpoints: list[int]) -> list[TimeStamp]:
    held = TimeStamp.objects.filter(checkpoint__in=checkpoints)
    return list(held.select_related("checkpoint"))


def _lines(seqs: list[int]) -> dict[int, bytes]:
    rows = InstanceEntry.objects.filter(seq__in=seqs).values_list("seq", "line")
    return {seq: bytes(line) for seq, line in rows}
