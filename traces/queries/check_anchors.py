"""The time stamps of a run, believed no more than anything else that an export finds in the database."""

from __future__ import annotations

from deliberation.bundle.note import Checkpoint as Note
from deliberation.bundle.note import read_checkpoint
from deliberation.bundle.proof import check_instance
from deliberation.bundle.time_stamps import IS_AVAILABLE, Authority
from deliberation.bundle.verdict import Misuse, Refusal
from traces.audit.not_exported import Damaged
from traces.audit.stored import StoredAnchor
from traces.models import Checkpoint
from traces.queries.time_stamps import anchors_of, the_authority

ROOTS = "TSA_CA must have the roots of all authorities that ever stamped"


def checked_anchors(last: Checkpoint) -> list[StoredAnchor]:
    """Return the anchors of a run up to its checkpoint `last`. Raises `Damaged` where one does not hold.

    Where no authority is configured any more, the stamps themselves are not checked: nobody said by whom they must be.
    """
    found = anchors_of(last)
    if not found:
        return []
    trusted, notes = _trusted(), _notes(last, [each.size for each in found])
    for each in found:
        try:
            check_instance(each.leaf, each.proof.encode(), str(last.run_id), notes[each.size])
            if trusted:
                trusted.check(each.response, each.proof.partition("\n\n")[2].encode())
        except Refusal as wrong:
            raise Damaged(f"its time stamp over {each.size} entries: {wrong} ({ROOTS})") from None
    return found


def _trusted() -> Authority | None:
    authority = the_authority()
    if authority is None or not IS_AVAILABLE:
        return None
    try:
        return authority.trusted()
    except Misuse as wrong:
        raise Damaged(str(wrong)) from None


def _notes(last: Checkpoint, sizes: list[int]) -> dict[int, Note]:
    rows = Checkpoint.objects.filter(run_id=last.run_id, origin=last.origin, size__in=sizes)
    return {row.size: read_checkpoint(row.note) for row in rows}
