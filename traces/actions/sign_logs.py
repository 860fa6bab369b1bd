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
from traces.queries.log_growth import Log, Missing, read_growths
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
    answers = _ask(signer, _want([(each, Head(each.since, b"")) for each in candidates]))
    lost = [
        (at, candidates[at], answer.last)
        for at, answer in enumerate(answers)
        if isinstance(answer, Refused) and answer.last is not None
    ]
    again = _ask(signer, _want([(candidate, last) for _, candidate, last in lost]))
    for (at, _, _), answer in zip(lost, again, strict=True):
        answers[at] = answer
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


def _want(after: Sequence[tuple[Candidate, Head]]) -> list[Wanted | Refused]:
    """Return what to ask for where a log was signed at these heads; a root is empty where only the size is known.

    When the signer's last head is another than ours, it was signed and its answer lost, or the database was set back.
    """
    grown = [
        (candidate.log, last.size, candidate.log.size)
        for candidate, last in after
        if 0 < last.size < candidate.log.size
    ]
    growths = iter(read_growths(grown) if grown else [])
    return [
        _extend(candidate, last, next(growths))
        if 0 < last.size < candidate.log.size
        else _as_it_is(candidate, last)
        for candidate, last in after
    ]


def _as_it_is(candidate: Candidate, last: Head) -> Wanted | Refused:
    log = candidate.log
    if last.size > log.size:
        return Refused(
            f"the signer signed {last.size} entries and the database has {log.size}: it was set back"
        )
    root = root_of(log.frontier)
    if last.root not in (b"", root):
        return Refused(f"another root was signed at size {last.size}: the database was changed")
    return Wanted(candidate.origin, log.size, root)


def _extend(candidate: Candidate, last: Head, growth: Growth | Missing) -> Wanted | Refused:
    if isinstance(growth, Missing):
        return Refused(f"the database lacks entries: {growth}")
    if last.root not in (b"", root_of(growth.frontier)):
        return Refused(
            f"the first {last.size} entries in the database are not those that were signed"
        )
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
