"""The inbox: what was acknowledged is recorded once, whoever dies."""

from __future__ import annotations

import gzip
import json
import random
import threading
import uuid

import pytest
from django.db import connection, connections

from deliberation.events.codec import encode
from ingest import inbox, process
from ingest.models import DeadLetter, InboxEntry
from tests.integration.build import NOW_NS, make_project, new_run, observed
from traces.models import LedgerEntry, Node

pytestmark = pytest.mark.django_db(transaction=True)


def put(events: list[object], **changes: object) -> InboxEntry:
    body = b"\n".join(json.dumps(encode(event)).encode() for event in events)
    values = {
        "project_id": make_project().pk,
        "key_prefix": "test",
        "signal": "events",
        "media": "json",
        "encoding": "gzip",
        "received_ns": NOW_NS,
        "body": gzip.compress(body),
        **changes,
    }
    return InboxEntry.objects.create(**values)


def drain(seed: int = 0) -> int:
    passes = 0
    while process.drain_once(now_ns=NOW_NS, randbytes=random.Random(seed + passes).randbytes):
        passes += 1
    return passes


def test_it_works() -> None:
    run = new_run()
    put([observed(run, "a"), observed(run, "b")])
    assert drain() == 1
    assert Node.objects.filter(run_id=run).count() == 2
    assert inbox.state(NOW_NS) == inbox.InboxState(0, None, 2, 0)


def test_a_body_that_cannot_be_read_is_buried_and_the_others_go_on() -> None:
    run = new_run()
    put([], body=b"\x1f\x8bnot gzip")
    put([observed(run, "a")])
    drain()
    assert Node.objects.filter(run_id=run).count() == 1
    letter = DeadLetter.objects.get()
    assert bytes(letter.body) == b"\x1f\x8bnot gzip"
    assert "inflated" in letter.error


def test_a_dead_letter_can_be_retried_by_its_own_project_only() -> None:
    put([], body=b"broken")
    drain()
    letter = DeadLetter.objects.get()
    assert not inbox.retry(letter=letter.pk, project_ids=[letter.project_id + 1])
    assert inbox.retry(letter=letter.pk, project_ids=[letter.project_id])
    assert InboxEntry.objects.count() == 1
    assert DeadLetter.objects.count() == 0


def test_two_workers_at_once_record_each_event_once() -> None:
    runs = [new_run() for _ in range(4)]
    events = [observed(run, f"n{n}") for n in range(50) for run in runs]
    for start in range(0, len(events), 10):
        put(events[start : start + 10])
        put(events[start : start + 10])

    failures: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            for attempt in range(20):
                drain(seed + attempt * 100)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(n * 10_000,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert InboxEntry.objects.count() == 0
    for run in runs:
        assert Node.objects.filter(run_id=run).count() == 50
        seqs = list(
            LedgerEntry.objects.filter(run_id=run).order_by("seq").values_list("seq", flat=True)
        )
        assert seqs == list(range(51))


def test_a_crash_before_the_commit_leaves_the_body_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = new_run()
    put([observed(run, "a")])

    def die(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("traces.actions.record.save_runs", die)
        with pytest.raises(KeyboardInterrupt):
            drain()
    assert LedgerEntry.objects.count() == 0
    assert drain() == 0  # still claimed by the dead
    _expire_leases()
    assert drain() == 1
    assert Node.objects.filter(run_id=run).count() == 1


def test_a_worker_that_lost_its_claim_records_nothing() -> None:
    run = new_run()
    entry = put([observed(run, "a")])
    slow = uuid.uuid4()
    claimed = inbox.claim(slow)
    _expire_leases()
    inbox.claim(uuid.uuid4())

    with pytest.raises(inbox.LostClaim):
        process._record(slow, claimed, NOW_NS, random.Random(3).randbytes)
    assert LedgerEntry.objects.count() == 0
    assert InboxEntry.objects.get().pk == entry.pk


def test_a_body_that_no_worker_survives_is_buried() -> None:
    put([observed(new_run(), "a")], attempts=inbox.MAX_ATTEMPTS)
    drain()
    assert "survived" in DeadLetter.objects.get().error


def test_events_for_another_projects_run_become_a_dead_letter() -> None:
    run = new_run()
    put([observed(run, "a")])
    put([observed(run, "b")], project_id=make_project("other").pk)
    drain()
    assert Node.objects.filter(run_id=run).count() == 1
    assert "another project" in DeadLetter.objects.get().error


def _expire_leases() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ingest_inboxentry SET claimed_until = now() - interval '1 second'")
