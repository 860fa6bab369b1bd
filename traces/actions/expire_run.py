"""Expire a run: take it away altogether, but for its tombstone and what was signed of it.

Guarantee: one transaction under the run's lock. Afterwards no table holds a line, a text or a row of it. Its size and
root stand on the tombstone and in the log of the instance, and its checkpoints stay: a bundle that was exported before
can still be told genuine. What is sent of it again is received and not kept: the tombstone knows run and trace.
"""

from __future__ import annotations

import datetime as dt
import uuid
from base64 import b64encode

from django.db import transaction
from django.db.models import Q

from deliberation.ledger.head import split_frontier
from deliberation.ledger.tree import root_of
from traces.actions.conflict import Conflict
from traces.actions.raw_copies import StillArriving, forget_copies, seek_run
from traces.actions.rebuild import TABLES
from traces.actions.redact import check_person, refuse_held
from traces.actions.say import Speech
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.actions.tell_run import lock_run
from traces.actions.withdraw_bundles import withdraw_bundles
from traces.audit.instance_kinds import InstanceKind
from traces.models import (
    Bundle,
    Delivery,
    DistantVerdict,
    ExpiredRun,
    ForeignRun,
    Lease,
    LedgerEntry,
    LedgerPart,
    Replay,
    Reservation,
    Response,
    Run,
    RunCheck,
    Sealing,
    SharedSpend,
)
from traces.projection.states import RunState

BESIDE = (
    DistantVerdict,
    ForeignRun,
    Lease,
    Reservation,
    Response,
    RunCheck,
    Sealing,
    SharedSpend,
    Delivery,
)
"""Rows about a run that do not follow from its ledger alone."""


def expire_run_by_hand(*, speech: Speech) -> None:
    """Take a run away in the name of an owner. Raises NotAllowed, NotVisible, and Conflict where a hold stands."""
    check_person(speech)
    with transaction.atomic():
        run = lock_run(speech.run_id, may_be_foreign=True)
        refuse_held(run)
        expire_run(run, by=speech.by, policy="by hand", now_ns=speech.now_ns)


def expire_run_by_policy(*, run_id: uuid.UUID, policy: str, now_ns: int) -> None:
    """Take a run away as its project's policy says. Raises NotVisible, and Conflict where a hold stands."""
    with transaction.atomic():
        run = lock_run(run_id, may_be_foreign=True)
        refuse_held(run)
        expire_run(run, by="server", policy=policy, now_ns=now_ns)


def expire_run(run: RunState, *, by: str, policy: str, now_ns: int) -> None:
    """Take a run away whose row the caller has locked."""
    root = root_of(split_frontier(run.frontier))
    try:
        forget_copies(seek_run(run.project_id, run.id, run.trace_id))
        withdraw_bundles(run.id)
    except StillArriving as arriving:
        raise Conflict(str(arriving), run) from arriving
    ExpiredRun.objects.create(
        run_id=run.id,
        project_id=run.project_id,
        trace_id=run.trace_id,
        size=run.size,
        root=root,
        by=by,
        policy=policy,
        expired_at=dt.datetime.fromtimestamp(now_ns // 10**9, dt.UTC),
    )
    for table in TABLES:
        table.delete_run(run.id)
    for model in (LedgerEntry, LedgerPart, *BESIDE, Bundle):
        model.objects.filter(run_id=run.id).delete()
    Replay.objects.filter(Q(of_run=run.id) | Q(run_id=run.id)).delete()
    Run.objects.filter(pk=run.id).delete()
    record_in_instance_log(
        Told(
            kind=InstanceKind.RUN_EXPIRED,
            key=f"run.expired:{run.id}",
            by=by,
            facts={"root": b64encode(root).decode(), "run": str(run.id), "size": run.size},
        ),
        now_ns=now_ns,
    )
