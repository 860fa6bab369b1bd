"""What runs by the clock."""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
from dataclasses import dataclass

from celery import shared_task
from django.db import connections

from traces.actions.apply_retention import apply_retention
from traces.actions.check_ledgers import continue_check, start_check
from traces.actions.check_run import check_next, has_checks_to_make
from traces.actions.deliver_webhooks import deliver_webhooks, forget_deliveries, has_due
from traces.actions.enforce_budgets import enforce_by_the_clock
from traces.actions.escalate_commands import escalate_commands
from traces.actions.expire_approvals import expire_approvals
from traces.actions.judge_replays import has_replays_to_judge, judge_replays
from traces.actions.make_partitions import make_partitions
from traces.actions.note_access import forget_accesses
from traces.actions.seal_runs import seal_due_runs
from traces.actions.settle_reservation import forget_reservations
from traces.actions.stamp_log import stamp_when_due
from traces.actions.sweep_leases import sweep_leases
from traces.actions.sweep_replays import sweep_replays
from traces.live.publish import poke
from traces.queries.clock import read_clock
from traces.queries.signer import the_signer
from traces.queries.time_stamps import stamp_pause, the_authority

log = logging.getLogger(__name__)
SEAL_EVERY_SECONDS = 1.0
_checking = threading.Lock()
_judging = threading.Lock()
_posting = threading.Lock()
_sealing = threading.Lock()
_stamping = threading.Lock()


@dataclass(slots=True)
class _Sealed:
    """When this process last began to seal."""

    at: float = float("-inf")


_sealed = _Sealed()

RETENTION_SECONDS = 20.0
"""Of every minute between three and six at night."""
CHECK_SECONDS = 5.0
"""Of every fifteen; a large run takes what it takes."""


@shared_task(name="traces.make_partitions")
def make_partitions_ahead() -> None:
    """Keep three months of partitions ahead of the clock."""
    make_partitions(today=dt.datetime.now(dt.UTC).date())


@shared_task(name="traces.sweep_leases")
def sweep_leases_by_the_clock() -> None:
    """Say of runs that nobody is heard of that they are lost, and after a while crashed."""
    poke(sweep_leases(now_ns=read_clock(), randbytes=os.urandom))


@shared_task(name="traces.escalate_commands")
def escalate_commands_by_the_clock() -> None:
    """Do what follows when nobody answers a stop, and close what a run's end left open."""
    poke(escalate_commands(now_ns=read_clock(), randbytes=os.urandom))


@shared_task(name="traces.enforce_budgets")
def enforce_budgets_by_the_clock() -> None:
    """Hold runs to their limits of seconds, and to all others that no pass looked at; tidy up what was reserved."""
    now_ns, dated_ns = read_clock(), time.time_ns()
    forget_reservations(now_ns=now_ns)
    poke(enforce_by_the_clock(now_ns=now_ns, dated_ns=dated_ns, randbytes=os.urandom))


@shared_task(name="traces.expire_approvals")
def expire_approvals_by_the_clock() -> None:
    """Deny what nobody decided in time, and ask whoever is to be asked next."""
    poke(expire_approvals(now_ns=read_clock(), randbytes=os.urandom))


@shared_task(name="traces.sweep_replays")
def sweep_replays_by_the_clock() -> None:
    """Expire replays that nobody came for, and try those again whose runner died."""
    sweep_replays(now_ns=read_clock(), randbytes=os.urandom)


@shared_task(name="traces.judge_replays")
def judge_replays_beside() -> None:
    """Judge replays that have ended, in a thread: long ledgers must not keep a worker from recording."""
    if has_replays_to_judge() and _judging.acquire(blocking=False):
        threading.Thread(target=_judge, name="judging", daemon=True).start()


def _judge() -> None:
    try:
        judge_replays()
    except Exception:
        log.exception("judging: this pass is over; the next one goes on")
    finally:
        connections.close_all()
        _judging.release()


@shared_task(name="traces.deliver_webhooks")
def deliver_webhooks_beside() -> None:
    """Tell webhooks what is due, in a thread: a server that takes its time must not keep a worker from recording."""
    if has_due(now_ns=read_clock()) and _posting.acquire(blocking=False):
        threading.Thread(target=_deliver, name="webhooks", daemon=True).start()


@shared_task(name="traces.seal")
def seal_by_the_clock() -> None:
    """Have signed what is due."""
    seal_beside()


def seal_beside() -> None:
    """Have signed what is due, in a thread: a signer that takes its time must not keep a worker from recording."""
    if time.monotonic() - _sealed.at > SEAL_EVERY_SECONDS and _sealing.acquire(blocking=False):
        _sealed.at = time.monotonic()
        threading.Thread(target=_seal, name="sealing", daemon=True).start()


def _seal() -> None:
    try:
        seal_due_runs(signer=the_signer(), now_ns=time.time_ns())
    except Exception:
        log.exception("sealing: this pass is over; the next one goes on")
    finally:
        connections.close_all()
        _sealing.release()


@shared_task(name="traces.stamp")
def stamp_by_the_clock() -> None:
    """Have the instance's log stamped, in a thread: an authority that takes its time keeps no worker from recording."""
    if the_authority() is not None and _stamping.acquire(blocking=False):
        threading.Thread(target=_stamp, name="stamping", daemon=True).start()


def _stamp() -> None:
    try:
        authority = the_authority()
        if authority is not None:
            stamp_when_due(authority, every=stamp_pause(), now=dt.datetime.now(dt.UTC))
    except Exception:
        log.exception("stamping: this pass is over; the next one goes on")
    finally:
        connections.close_all()
        _stamping.release()


@shared_task(name="traces.forget_deliveries")
def forget_old_deliveries() -> None:
    """Forget what webhooks were told a month ago."""
    forget_deliveries(now_ns=read_clock())


@shared_task(name="traces.start_ledger_check")
def start_ledger_check() -> None:
    """Begin the nightly check of all ledgers."""
    start_check(now=dt.datetime.now(dt.UTC))


@shared_task(name="traces.continue_ledger_check")
def continue_ledger_check() -> None:
    """Go on with it for a while: a worker that is at it records nothing meanwhile."""
    continue_check(seconds=CHECK_SECONDS, read_now=lambda: dt.datetime.now(dt.UTC))


@shared_task(name="traces.check_runs")
def check_runs_beside() -> None:
    """Check the runs that people asked for, in a thread: a long ledger must not keep a worker from recording."""
    if has_checks_to_make() and _checking.acquire(blocking=False):
        threading.Thread(target=_check_runs, name="checks", daemon=True).start()


@shared_task(name="traces.forget_accesses")
def forget_old_accesses() -> None:
    """Forget who looked at what, when that was long ago."""
    forget_accesses(today=dt.datetime.now(dt.UTC).date())


@shared_task(name="traces.apply_retention")
def apply_retention_by_night() -> None:
    """Delete what projects' policies say is to be deleted, for a while."""
    applied = apply_retention(now_ns=read_clock(), randbytes=os.urandom, seconds=RETENTION_SECONDS)
    poke(applied.changes)


def _deliver() -> None:
    try:
        deliver_webhooks(read_clock=read_clock)
    except Exception:
        log.exception("webhooks: this pass is over; the next one goes on")
    finally:
        connections.close_all()
        _posting.release()


def _check_runs() -> None:
    try:
        while check_next(clock=time.time_ns, randbytes=os.urandom):
            pass
    except Exception:
        log.exception("checks of runs: this pass is over; the next one goes on")
    finally:
        connections.close_all()
        _checking.release()
