"""The copies of what was sent that lie in the inbox, among dead letters and in uploads, when a text must go."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.models import DeadLetter, Import, ImportState, InboxEntry
from ingest.wire.body import inflate
from ingest.wire.errors import Refused
from traces.actions.raw_copies import Sought, StillArriving


def forget_raw_copies(sought: Sequence[Sought]) -> int:
    """Delete the dead letters in which one of the texts stands; return how many.

    What is still to be recorded is not lost for it: raises StillArriving, and a moment later its body is gone. An
    upload is read as a whole, and may hold any text of its project's.
    """
    projects = {each.project_id for each in sought}
    reading = Import.objects.filter(
        project_id__in=projects, state__in=[ImportState.WAITING, ImportState.READING]
    )
    if reading.exists():
        raise StillArriving("files of this project are being imported: wait until that is done")
    for entry in InboxEntry.objects.filter(project_id__in=projects).iterator(chunk_size=20):
        if _holds(bytes(entry.body), entry.encoding, sought):
            raise StillArriving("a body with this text waits to be recorded: try again in a moment")
    letters = DeadLetter.objects.filter(project_id__in=projects)
    found = [
        letter.id
        for letter in letters.iterator(chunk_size=20)
        if _holds(bytes(letter.body), letter.encoding, sought)
    ]
    DeadLetter.objects.filter(id__in=found).delete()
    return len(found)


def _holds(body: bytes, encoding: str, sought: Sequence[Sought]) -> bool:
    try:
        plain = inflate(body, encoding)
    except Refused:
        plain = body
    return any(each.is_in(plain) for each in sought)
