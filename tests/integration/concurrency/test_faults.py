"""What goes wrong in a pass costs only what is wrong: one event, one record, one body, one attempt."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from deliberation.events import NodeScored
from deliberation.events.codec import encode
from ingest import inbox, process, reports
from ingest.models import DeadLetter, InboxEntry
from tests.integration.build import NOW_NS, make_event, make_project, new_run, observed
from tests.integration.concurrency.test_inbox import drain, put
from traces.models import LedgerEntry, Node, Run
from traces.projection import project as projecting

pytestmark = pytest.mark.django_db(transaction=True)
POISON = "poison"


@pytest.fixture
def poisonous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Postgres will not take what events named "poison" say."""
    fold = projecting.fold

    def refuse(reach: Any, run: Any, each: Any) -> None:
        if POISON in str(getattr(each.event, "node", "")):
            raise DataError("integer out of range \0 \ud800")
        fold(reach, run, each)

    monkeypatch.setattr(projecting, "fold", refuse)


def names() -> set[str]:
    return set(Node.objects.values_list("node_id", flat=True))


@pytest.mark.usefixtures("poisonous")
def test_a_poisonous_event_costs_the_rest_of_its_body_nothing() -> None:
    run, other = new_run(), new_run()
    innocent = [observed(run, f"n{n}") for n in range(100)]
    put([*innocent[:70], observed(run, POISON), *innocent[70:], observed(other, "x")])
    put([observed(other, "bystander")])
    drain()

    assert names() == {*(f"n{n}" for n in range(100)), "x", "bystander"}
    letter = DeadLetter.objects.get()
    assert letter.error.startswith("not all of it can be recorded: DataError")
    assert InboxEntry.objects.count() == 0
    ordinals = list(Node.objects.filter(run_id=run).order_by("ordinal").values_list("node_id"))
    assert ordinals == [(f"n{n}",) for n in range(100)]


def test_a_dead_letter_that_is_retried_brings_only_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    run = new_run()
    put([observed(run, "a"), observed(run, POISON), observed(run, "b")])
    request.getfixturevalue("poisonous")
    drain()
    monkeypatch.undo()
    letter = DeadLetter.objects.get()
    assert inbox.retry(letter=letter.pk, project_ids=[letter.project_id])
    assert not inbox.retry(letter=letter.pk, project_ids=[letter.project_id])
    drain()
    assert names() == {"a", "b", POISON}
    assert LedgerEntry.objects.count() == 4
    assert DeadLetter.objects.count() == 0


@pytest.mark.usefixtures("poisonous")
def test_a_body_of_nothing_but_poison_ends() -> None:
    put([observed(new_run(), f"{POISON}{n}") for n in range(200)])
    put([observed(new_run(), "x")])
    drain()
    assert names() == {"x"}
    assert DeadLetter.objects.count() == 1


def spans(count: int) -> bytes:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for number in range(1, count + 1):
        scope.spans.add(trace_id=b"t" * 16, span_id=number.to_bytes(8, "big"), name=f"{number}")
    return request.SerializeToString()


def test_a_span_that_no_mapping_takes_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    map_span = reports.map_span

    def stumble(span: Any, run: str) -> Any:
        if span.name == "7":
            raise ArithmeticError("no")
        return map_span(span, run)

    monkeypatch.setattr(reports, "map_span", stumble)
    put([], signal="traces", media="protobuf", encoding="identity", body=spans(20))
    drain()
    assert Run.objects.get().nodes == 19
    letter = DeadLetter.objects.get()
    assert letter.error == "1 of 20 records cannot be mapped: ArithmeticError: no"
    assert bytes(letter.body) == spans(20)


def test_what_runs_say_of_one_another_stops_no_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**given: object) -> None:
        raise ArithmeticError("a verdict that cannot be placed")

    monkeypatch.setattr(process, "place_verdicts", fail)
    for number in range(3):
        put([observed(new_run(), f"n{number}")])
        drain()
    assert names() == {"n0", "n1", "n2"}
    assert not DeadLetter.objects.exists()


@pytest.mark.parametrize("trouble", [OperationalError, ProgrammingError])
def test_trouble_of_the_database_buries_nobody(
    trouble: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        put([observed(new_run(), "a")])

    def fail(*args: object) -> None:
        raise trouble("no such column")

    with monkeypatch.context() as patch:
        patch.setattr("traces.actions.record.save_runs", fail)
        with pytest.raises(trouble):
            drain()
    assert (InboxEntry.objects.count(), DeadLetter.objects.count()) == (3, 0)
    _end_pauses()
    drain()
    assert Node.objects.count() == 3


def test_what_was_tried_before_is_tried_alone() -> None:
    fresh, suspect, fresh_too = (
        put([observed(new_run(), "a")], attempts=attempts) for attempts in (0, 1, 0)
    )
    claims = [[entry.id for entry in inbox.claim(uuid.uuid4())] for _ in range(4)]
    assert claims == [[fresh.pk], [suspect.pk], [fresh_too.pk], []]


def test_a_body_that_kills_its_worker_takes_no_other_into_the_grave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put([observed(new_run(), "innocent")])
    put([observed(new_run(), POISON)])
    put([observed(new_run(), "innocent too")])
    fold = projecting.fold

    def die(reach: Any, run: Any, each: Any) -> None:
        if getattr(each.event, "node", "") == POISON:
            raise SystemExit
        fold(reach, run, each)

    monkeypatch.setattr(projecting, "fold", die)
    for attempt in range(20):
        try:
            drain(attempt * 100)
        except SystemExit:
            _end_pauses()
    assert names() == {"innocent", "innocent too"}
    assert "survived" in DeadLetter.objects.get().error


def test_a_claim_lost_on_the_way_is_no_error_and_the_rest_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost, kept = put([observed(new_run(), "a")]), put([observed(new_run(), "b")])
    settle = inbox.settle

    def lose(token: uuid.UUID, ids: list[int]) -> None:
        InboxEntry.objects.filter(pk=lost.pk).update(token=uuid.uuid4())
        settle(token, ids)

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "settle", lose)
        assert process.drain_once(now_ns=NOW_NS, randbytes=random.Random(1).randbytes)
    assert LedgerEntry.objects.count() == 0
    assert InboxEntry.objects.get(pk=kept.pk).token is None


def test_a_clock_that_was_set_back_does_not_hold_bodies_for_hours() -> None:
    put([observed(new_run(), "a")])
    inbox.claim(uuid.uuid4())
    assert inbox.claim(uuid.uuid4()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ingest_inboxentry SET claimed_until = now() + interval '3 hours'")
    assert len(inbox.claim(uuid.uuid4())) == 1


def test_bodies_that_inflate_a_lot_are_recorded_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "PORTION_BYTES", 50_000)
    sizes: list[int] = []
    read = reports.read_reports

    def measured(claimed: Any, **options: Any) -> Any:
        sizes.append(sum(len(entry.body) for entry in claimed))
        return read(claimed, **options)

    monkeypatch.setattr(process, "read_reports", measured)
    for _ in range(10):
        put([observed(new_run(), "a", output="x" * 20_000)])
    put([], body=b"not gzip")
    assert drain() == 1
    assert (len(sizes), max(sizes) <= 50_000) == (5, True)
    assert (Node.objects.count(), DeadLetter.objects.count()) == (10, 1)


@pytest.mark.parametrize("body", [b"", b"\n\n", b"{nonsense}\n"])
def test_a_body_without_a_single_event_is_settled(body: bytes) -> None:
    put([], body=body, encoding="identity")
    drain()
    assert (InboxEntry.objects.count(), DeadLetter.objects.count()) == (0, 0)


def test_foreign_events_that_are_retried_keep_the_name_of_their_key() -> None:
    run, other = new_run(), make_project("other")
    put([observed(run, "a")])
    put([observed(run, "b")], project_id=other.pk)
    drain()
    letter = DeadLetter.objects.get()
    assert letter.key_prefix == "test"
    Run.objects.filter(pk=run).update(project=other)
    assert inbox.retry(letter=letter.pk, project_ids=[other.pk])
    drain()
    line = json.loads(bytes(LedgerEntry.objects.get(run_id=run, seq=2).line))
    assert line["by"] == "key:test"


def test_bodies_of_a_project_that_was_deleted_are_buried_alone() -> None:
    gone = make_project("gone")
    number = gone.pk
    gone.delete()
    put([observed(new_run(), "a")])
    put([observed(new_run(), "b")], project_id=number)
    otlp = {"signal": "traces", "media": "protobuf", "encoding": "identity", "body": spans(2)}
    put([], project_id=number, **otlp)
    put([observed(new_run(), "c")])
    drain()
    assert names() == {"a", "c"}
    assert (DeadLetter.objects.count(), InboxEntry.objects.count()) == (2, 0)


def test_hostile_numbers_and_ids_pass_the_wire_or_are_rejected_there() -> None:
    run = new_run()
    plain = encode(make_event(NodeScored, run, node="a"))
    odd: list[dict[str, Any]] = [
        {"value": "NaN"},
        {"value": 1e308},
        {"value": "-0.0"},
        {"visits": 2**63},
        {"visits": 2**63 - 1},
        {"at": str(-(2**63))},
        {"at": "9" * 5_000},
        {"node": ""},
        {"node": "a\0"},
        {"node": "\ud800"},
        {"node": "n" * 65},
        {"node": "\N{GRINNING FACE}" * 64},
        {"scorer": "\0\ud800" * 100},
    ]
    lines = [json.dumps({**plain, "key": f"k{n}", **each}) for n, each in enumerate(odd)]
    put([], body="\n".join(lines).encode(), encoding="identity")
    drain()
    assert (DeadLetter.objects.count(), LedgerEntry.objects.count() - 1) == (0, 6)


def _end_pauses() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ingest_inboxentry SET claimed_until = NULL")
