"""What is signed of a run that is exported: a checkpoint over all of it, and its place in the instance's log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from deliberation.ledger.head import split_frontier
from traces.actions.seal_runs import seal_run
from traces.actions.stamp_log import stamp_for_export
from traces.audit.stored import Proofs, StoredAnchor, StoredRun
from traces.models import ForeignRun, Run
from traces.models.run import FOREIGN
from traces.queries.check_anchors import checked_anchors
from traces.queries.checkpoints import (
    NoCheckpoint,
    checkpoints_of,
    find_last,
    proof_for_last_checkpoint,
)
from traces.queries.stored_run import stored_run
from traces.queries.time_stamps import stamp_pause, the_authority
from traces.signer.ask import SignerAt


@dataclass(frozen=True, slots=True)
class Sealed:
    """A run as it is exported. `instance` is the name that its checkpoints have, None where it has none."""

    stored: StoredRun
    instance: str | None


def seal_for_bundle(run: Run, *, signer: SignerAt | None, now_ns: int) -> Sealed:
    """Return the run with its proofs. Without a signer: as it is now, with the checkpoints that it has already.

    With one, the run is as large as its new checkpoint, however it grows meanwhile. A run that came in a bundle keeps
    the checkpoints that it came with. Raises `NotSigned`.
    """
    if run.source == FOREIGN:
        return _as_it_came(run)
    if signer is None:
        return _as_it_is(run)
    checkpoint = seal_run(run.pk, signer=signer, now_ns=now_ns)
    authority = the_authority()
    if authority is not None:
        now = dt.datetime.fromtimestamp(now_ns // 10**9, dt.UTC)
        stamp_for_export(run.pk, authority, every=stamp_pause(), now=now)
    frontier = split_frontier(bytes(checkpoint.frontier))
    leaf, proof = proof_for_last_checkpoint(run.pk, up_to=checkpoint.size)
    proofs = Proofs(
        notes=_notes(run, checkpoint.size),
        leaf=leaf,
        proof=proof.decode(),
        anchors=checked_anchors(checkpoint),
    )
    stored = stored_run(run.pk, size=checkpoint.size, frontier=frontier, proofs=proofs)
    return Sealed(stored, _instance(checkpoint.origin))


def _as_it_is(run: Run) -> Sealed:
    last = find_last(run.pk, up_to=run.size)
    proofs = Proofs()
    if last is not None:
        try:
            leaf, proof = proof_for_last_checkpoint(run.pk, up_to=run.size)
        except NoCheckpoint:
            leaf, proof = b"", b""
        proofs = Proofs(
            notes=_notes(run, run.size),
            leaf=leaf,
            proof=proof.decode(),
            anchors=checked_anchors(last),
        )
    frontier = split_frontier(bytes(run.frontier))
    stored = stored_run(run.pk, size=run.size, frontier=frontier, proofs=proofs)
    return Sealed(stored, _instance(last.origin) if last else None)


def _as_it_came(run: Run) -> Sealed:
    """A run of another installation: with what was signed of it there, and nothing else."""
    foreign = ForeignRun.objects.get(pk=run.pk)
    proofs = Proofs(
        notes=foreign.notes,
        leaf=bytes(foreign.leaf),
        proof=foreign.proof,
        anchors=[StoredAnchor.of(each) for each in foreign.anchors],
    )
    frontier = split_frontier(bytes(run.frontier))
    stored = stored_run(run.pk, size=run.size, frontier=frontier, proofs=proofs)
    return Sealed(stored, foreign.instance)


def _notes(run: Run, size: int) -> str:
    return "\n".join(checkpoints_of(run.pk, up_to=size))


def _instance(origin: str) -> str:
    return origin.rpartition("/runs/")[0]
