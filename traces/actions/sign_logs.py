"""Have logs signed as they stand in the database, with the proofs that the signer asks for.

Nothing is signed that could still be undone: whoever calls this is in no transaction, so that what is read is
committed. A head that was signed and lost on the way back is signed again with the next one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.ledger.tree import root_of
from traces.audit.proofs import Growth, consistency
from traces.models import Checkpoint
from traces.queries.log_growth import Log, read_growth
from traces.signer.ask import SignerAt
from traces.signer.memory import Head
from traces.signer.sign import Refused, Wanted


@dataclass(frozen=True, slots=True)
class Candidate:
    """A log that is to be signed as it is, and the size at which it was signed last, 0 for never."""

    log: Log
    origin: str
    since: int


def sign_logs(
    signer: SignerAt, candidates: Sequence[Candidate], *, now_ns: int
) -> list[Checkpoint | Refused]:
    """Return for each the checkpoint, not saved yet, or why there is none. Raises `Unreachable`."""
    wanted = [_want(each, each.since) for each in candidates]
    answers = _ask(signer, wanted)
    again = {
        at: _want_after(candidates[at], answer.last)
        for at, answer in enumerate(answers)
        if isinstance(answer, Refused) and answer.last is not None
    }
    for at, answer in zip(again, _ask(signer, list(again.values())), strict=True):
        wanted[at], answers[at] = again[at], answer
    signed_at = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
    return [
        answer if isinstance(answer, Refused) else _checkpoint(each, answer, signed_at)
        for each, answer in zip(candidates, answers, strict=True)
    ]


def _ask(signer: SignerAt, wanted: Sequence[Wanted | Refused]) -> list[str | Refused]:
    """Ask about those that can be asked about; what is refused here already keeps its place."""
    asked = [each for each in wanted if isinstance(each, Wanted)]
    notes = iter(signer.sign_checkpoints(asked) if asked else [])
    return [next(notes) if isinstance(each, Wanted) else each for each in wanted]


def _want(candidate: Candidate, since: int) -> Wanted | Refused:
    log = candidate.log
    root = root_of(log.frontier)
    if since in (0, log.size):
        return Wanted(candidate.origin, log.size, root)
    try:
        growth = read_growth(log, since, log.size)
    except ValueError as error:
        return Refused(f"the database lacks entries: {error}")
    return _extend(candidate, growth)


def _want_after(candidate: Candidate, last: Head | None) -> Wanted | Refused:
    """Return what to ask for when the signer's last head is another than ours: it was signed, and its answer lost."""
    assert last is not None
    log = candidate.log
    if last.size > log.size:
        return Refused(
            f"the signer signed {last.size} entries and the database has {log.size}: it was set back",
            last,
        )
    try:
        growth = read_growth(log, last.size, log.size)
    except ValueError as error:
        return Refused(f"the database lacks entries: {error}", last)
    if root_of(growth.frontier) != last.root:
        return Refused(
            f"the first {last.size} entries in the database are not those that were signed", last
        )
    return _extend(candidate, growth)


def _extend(candidate: Candidate, growth: Growth) -> Wanted | Refused:
    root = growth.root()
    if root != root_of(candidate.log.frontier):
        return Refused(
            f"the entries since {growth.since} do not lead to the root that is on the row"
        )
    return Wanted(candidate.origin, growth.size, root, tuple(consistency(growth)))


def _checkpoint(candidate: Candidate, note: str, signed_at: dt.datetime) -> Checkpoint:
    log = candidate.log
    return Checkpoint(
        run_id=log.id,
        size=log.size,
        origin=candidate.origin,
        root=root_of(log.frontier),
        frontier=b"".join(log.frontier),
        note=note,
        signed_at=signed_at,
    )
