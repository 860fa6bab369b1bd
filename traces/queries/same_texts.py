"""Where in a run a text stands, by the hash of its bytes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection

from traces.audit.openings import Opening, unpack
from traces.models import LedgerPart


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A text of an entry."""

    seq: int
    part: str


def read_text(run_id: uuid.UUID, place: Place) -> bytes | None:
    """Return the bytes of a text, None where there are none. The caller has checked the run."""
    for opening in _openings(run_id, "seq = %s", [place.seq]).get(place.seq, []):
        if opening.name == place.part:
            return _bytes_of(run_id, opening)
    return None


def find_same(run_id: uuid.UUID, text: bytes) -> list[Place]:
    """Return all places in which exactly this text stands, in ledger order."""
    inner = sha256(text).digest()
    # What Postgres finds may lie across two texts: the openings decide.
    found = _openings(
        run_id, "(position(%s in openings) > 0 OR position(%s in openings) > 0)", [text, inner]
    )
    return sorted(
        Place(seq, opening.name)
        for seq, openings in found.items()
        for opening in openings
        if opening.inner == inner or opening.data == text
    )


def is_named(run_id: uuid.UUID, inner: bytes) -> bool:
    """Whether an entry still has the large text with this hash."""
    found = _openings(run_id, "position(%s in openings) > 0", [inner])
    return any(each.inner == inner for openings in found.values() for each in openings)


def _openings(run_id: uuid.UUID, condition: str, values: list[Any]) -> dict[int, list[Opening]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, openings FROM traces_ledgerentry WHERE run_id = %s AND {condition}",  # noqa: S608
            [run_id, *values],
        )
        return {seq: list(unpack(bytes(openings))) for seq, openings in cursor.fetchall()}


def _bytes_of(run_id: uuid.UUID, opening: Opening) -> bytes | None:
    if opening.inner is None:
        return opening.data
    found = LedgerPart.objects.filter(run_id=run_id, inner=opening.inner).first()
    return None if found is None else bytes(found.data)
