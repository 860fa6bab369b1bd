"""The time stamps that an installation has: those that cover a run, and how the asking for them goes."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from deliberation.bundle.bounds import MAX_ANCHORS
from traces.audit.stored import StoredAnchor
from traces.models import Checkpoint, InstanceEntry, Stamping, TimeStamp
from traces.outgoing.time_authority import AuthorityAt
from traces.queries.log_growth import log_of_instance
from traces.queries.receipts import write_proof

Found = tuple[int, int, int]
"""A checkpoint's size, the entry of the instance's log about it, and the checkpoint of that log that was stamped."""


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
    """Return the anchors of a run up to its checkpoint `last`, by ascending size."""
    log = log_of_instance()
    if log is None:
        return []
    found = _thinned(_first_of_each(last))
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


def _first_of_each(last: Checkpoint) -> list[Found]:
    """Return for each stamp the largest checkpoint of the run that it was the first to cover: size, entry, stamp."""
    name = last.origin.rpartition("/runs/")[0]
    held = TimeStamp.objects.filter(checkpoint__origin=name).order_by("checkpoint__size")
    stamps = list(held.values_list("checkpoint__size", "checkpoint_id"))
    sizes = [size for size, _ in stamps]
    own = Checkpoint.objects.filter(run_id=last.run_id, origin=last.origin, size__lte=last.size)
    told = own.filter(instance_seq__isnull=False).order_by("size")
    found: dict[int, tuple[int, int]] = {}
    for size, seq in told.values_list("size", "instance_seq").iterator():
        at = bisect_right(sizes, seq or 0)
        if at < len(stamps):
            found[stamps[at][1]] = size, seq or 0
    return sorted((size, seq, checkpoint) for checkpoint, (size, seq) in found.items())


def _thinned(found: Sequence[Found]) -> Sequence[Found]:
    """Return at most MAX_ANCHORS of them, in even steps: they lie an hour apart, and a day would do."""
    if len(found) <= MAX_ANCHORS:
        return found
    step = len(found) / (MAX_ANCHORS - 1)
    return [*(found[int(at * step)] for at in range(MAX_ANCHORS - 1)), found[-1]]


def _stamps(checkpoints: list[int]) -> list[TimeStamp]:
    held = TimeStamp.objects.filter(checkpoint__in=checkpoints)
    return list(held.select_related("checkpoint"))


def _lines(seqs: list[int]) -> dict[int, bytes]:
    rows = InstanceEntry.objects.filter(seq__in=seqs).values_list("seq", "line")
    return {seq: bytes(line) for seq, line in rows}
