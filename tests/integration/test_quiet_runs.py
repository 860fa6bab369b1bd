"""A run that says nothing for long is taken to be over, says so, and comes back when it is heard of again."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from deliberation.events import NodeObserved, RunEnded, RunStarted, VerdictGiven
from deliberation.events.server_made import REPRICE_KEY
from deliberation.ledger.entry import read_line
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    ObservedState,
    Reporter,
    VerdictOutcome,
)
from ingest import inbox
from ingest.wire.native import check_events
from tests.integration.build import (
    NOW,
    NOW_NS,
    SECOND,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from tests.integration.control.acts import beat
from tests.integration.control.said import reported
from tests.integration.corpus.replay import put
from tests.integration.otlp import CHILD, OTHER, ROOT, TRACE, log, logs, send, span, traces
from tests.integration.test_rebuild import rows
from traces.actions import end_quiet_runs as ending
from traces.actions.end_quiet_runs import end_quiet_runs
from traces.actions.rebuild import rebuild
from traces.models import LedgerEntry, Node, Run

QUIET = 15 * 60
MINUTE = 60


def sweep(after_seconds: float, heard_until: dt.datetime | None = None) -> int:
    """Sweep so many seconds after everything was recorded; return how many runs were ended."""
    now = NOW + dt.timedelta(seconds=after_seconds)
    changes = end_quiet_runs(
        quiet_seconds=QUIET,
        heard_until=heard_until or now,
        now_ns=NOW_NS + int(after_seconds * SECOND),
        randbytes=random.Random(1).randbytes,
    )
    return len(changes)


def state(run: Run | None = None) -> tuple[str, bool, int | None, str | None]:
    row = Run.objects.get(pk=run.pk) if run else Run.objects.get()
    return row.observed_state, row.end_inferred, row.ended_ns, row.stop_reason


def rebuild_gives_the_same() -> None:
    for run in Run.objects.all():
        before = rows(str(run.pk))
        rebuild(run_id=run.pk)
        assert rows(str(run.pk)) == before


LOST = ("lost", True, NOW_NS + SECOND, "nothing heard for 15 min")
OPEN = ("running", False, None, None)


def test_it_works() -> None:
    send(make_project(), traces(span(CHILD, ROOT)))
    assert sweep(QUIET + 1) == 1
    assert state() == LOST
    entry = LedgerEntry.objects.order_by("seq").last()
    assert entry is not None
    line = read_line(bytes(entry.line))
    assert (line["kind"], line["by"]) == ("run.quieted", "server:silence")
    assert line["d"] == {"cause": "quiet", "ended_at": str(NOW_NS + SECOND), "quiet_seconds": 900}
    rebuild_gives_the_same()


def test_a_run_that_was_heard_of_lately_goes_on() -> None:
    send(make_project(), traces(span(CHILD, ROOT)))
    assert sweep(QUIET - 1) == 0
    assert state() == OPEN


def test_one_silence_is_noticed_once() -> None:
    send(make_project(), traces(span(CHILD, ROOT)))
    assert [sweep(QUIET + 1), sweep(QUIET + 2), sweep(9 * QUIET)] == [1, 0, 0]
    assert LedgerEntry.objects.filter(key__startswith="quiet:").count() == 1


def test_a_later_fact_takes_it_back_and_the_silence_after_that_counts_anew() -> None:
    project = make_project()
    send(project, traces(span(CHILD, ROOT)))
    sweep(QUIET + 1)
    send(project, traces(span(OTHER, ROOT, endTimeUnixNano=str(NOW_NS + 7 * SECOND))))
    assert state() == OPEN
    rebuild_gives_the_same()
    assert sweep(QUIET + 2) == 1
    assert state() == ("lost", True, NOW_NS + 7 * SECOND, "nothing heard for 15 min")
    rebuild_gives_the_same()


def test_a_real_end_wins_and_is_the_same_as_if_it_had_come_in_time() -> None:
    bodies = [traces(span(CHILD, ROOT)), traces(span(ROOT))]
    late, punctual = make_project("late"), make_project("punctual")
    send(late, bodies[0])
    sweep(QUIET + 1)
    send(late, bodies[1])
    send(punctual, *bodies)
    ended = [Run.objects.filter(project=each) for each in (late, punctual)]
    told = [list(runs.values_list("observed_state", "end_inferred", "ended_ns")) for runs in ended]
    assert told == [[("completed", False, NOW_NS + SECOND)]] * 2
    assert sweep(9 * QUIET) == 0
    rebuild_gives_the_same()


def test_what_comes_after_a_real_end_opens_nothing() -> None:
    project = make_project()
    send(project, traces(span(ROOT)), traces(span(CHILD, ROOT)))
    assert state()[0] == "completed"
    assert sweep(QUIET + 1) == 0


def test_logs_an_hour_before_their_spans_come_to_the_same_run() -> None:
    said = {"gen_ai.input.messages": json.dumps([{"role": "user", "content": "hi"}])}
    call = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    early = logs(log("x", traceId=TRACE, spanId=CHILD, attributes=said))
    late = traces(span(CHILD, ROOT, attributes=call), span(ROOT))
    hour, other = make_project("an-hour-before"), make_project("after")
    send(hour, early)
    assert sweep(60 * MINUTE) == 1
    send(hour, late)
    send(other, late, early)
    told = []
    for project in (hour, other):
        run = Run.objects.get(project=project)
        node = Node.objects.get(run_id=run.pk, node_id=CHILD)
        told.append((run.observed_state, run.ended_ns, run.end_inferred, run.nodes, run.model_calls,
                     node.kind, node.model, node.preview, node.status, node.ended_ns))  # fmt: skip
    assert told[0] == told[1]
    assert told[0][0] == "completed"
    rebuild_gives_the_same()


def test_a_verdict_or_another_price_is_no_sign_of_life() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, observed(run, "a"))
    sweep(QUIET + 1)
    cost = Cost(amount=Decimal(1), provenance=CostProvenance.PRICED)
    put_on_record(
        project,
        make_event(VerdictGiven, run, node="a", verifier="v", outcome=VerdictOutcome.ACCEPT),
        NodeObserved(run=run, key=f"{REPRICE_KEY}x", at=NOW_NS, node="a", cost=cost),
    )
    assert state()[:2] == ("lost", True)
    assert Run.objects.get().cost == Decimal(1)
    rebuild_gives_the_same()


@pytest.mark.parametrize("resting", ["queued", "paused", "awaiting_approval", "awaiting_input"])
def test_a_run_that_rests_may_be_silent(resting: str) -> None:
    run = new_run()
    put_on_record(make_project(), make_event(RunStarted, run))
    Run.objects.update(observed_state=resting)
    assert sweep(9 * QUIET) == 0


def test_an_entry_that_no_longer_fits_changes_nothing() -> None:
    run = new_run()
    project = make_project()
    put_on_record(project, make_event(RunEnded, run, state=ObservedState.FAILED, at=NOW_NS))
    quieted = ending.RunQuieted(
        run=run, key="quiet:9", cause=ending.SilenceCause.QUIET, ended_at=NOW_NS + 1
    )
    put_on_record(project, quieted)
    assert state() == ("failed", False, NOW_NS, None)


def test_a_run_without_any_time_ends_at_none() -> None:
    put_on_record(make_project(), observed(new_run(), "a", at=None))
    sweep(QUIET + 1)
    assert state() == ("lost", True, None, "nothing heard for 15 min")


def test_what_waits_in_the_inbox_may_break_the_silence() -> None:
    project = make_project()
    send(project, traces(span(CHILD, ROOT)))
    put(project, [traces(span(OTHER, ROOT))])
    now_ns = NOW_NS + 2 * QUIET * SECOND
    assert inbox.recorded_until(now_ns) == NOW
    assert sweep(2 * QUIET, heard_until=inbox.recorded_until(now_ns)) == 0
    assert inbox.recorded_until(NOW_NS - 5 * SECOND) == NOW - dt.timedelta(seconds=5)


def test_more_runs_than_one_transaction_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "PORTION", 3)
    project = make_project()
    for _ in range(10):
        put_on_record(project, observed(new_run(), "a"))
    assert sweep(QUIET + 1) == 10
    assert set(Run.objects.values_list("observed_state", flat=True)) == {"lost"}


def test_a_sweep_has_an_end_and_the_next_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "PORTION", 2)
    monkeypatch.setattr(ending, "MAX_PORTIONS", 2)
    project = make_project()
    for _ in range(5):
        put_on_record(project, observed(new_run(), "a"))
    assert [sweep(QUIET + 1), sweep(QUIET + 1), sweep(QUIET + 1)] == [4, 1, 0]


def test_a_run_from_before_the_column_is_known_by_its_last_entry() -> None:
    put_on_record(make_project(), observed(new_run(), "a"))
    Run.objects.update(heard_at=None)
    assert sweep(QUIET - 1) == 0
    assert sweep(QUIET + 1) == 1


def test_the_index_serves_the_sweep() -> None:
    # A few rows are read quicker one after another; what counts is that the planner may use it.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "runs_at_work" in Run.objects.filter(ending.ended_by_quiet()).explain()


def write_rootless(path: Path, *spans: dict[str, Any]) -> Path:
    path.write_bytes(traces(*(spans or [span(CHILD, ROOT)])).body)
    return path


def import_file(path: Path) -> None:
    call_command("import_traces", str(path), stdout=StringIO(), stderr=StringIO())


def test_a_file_that_ends_before_its_run_does_says_so_at_once(tmp_path: Path) -> None:
    make_project()
    import_file(write_rootless(tmp_path / "a.json"))
    ends_with_file = ("lost", True, NOW_NS + SECOND, "the file ends before the run does")
    assert state() == ends_with_file
    assert sweep(9 * QUIET) == 0
    import_file(tmp_path / "a.json")
    assert state() == ends_with_file
    assert LedgerEntry.objects.filter(key__startswith="quiet:").count() == 1
    rebuild_gives_the_same()


def test_a_file_that_has_grown_goes_on_where_it_ended(tmp_path: Path) -> None:
    make_project()
    import_file(write_rootless(tmp_path / "a.json"))
    import_file(write_rootless(tmp_path / "a.json", span(CHILD, ROOT), span(ROOT)))
    assert state()[:3] == ("completed", False, NOW_NS + SECOND)
    rebuild_gives_the_same()


def test_an_import_is_never_ended_by_a_clock() -> None:
    run = new_run()
    put_on_record(make_project(), observed(run, "a"))
    Run.objects.update(source="import")
    assert sweep(99 * QUIET) == 0


def test_a_file_about_a_run_that_lives_ends_nothing(tmp_path: Path) -> None:
    send(make_project(), traces(span(CHILD, ROOT)))
    import_file(write_rootless(tmp_path / "a.json", span(OTHER, ROOT)))
    assert state() == OPEN


def test_nobody_else_can_say_that_a_run_is_quiet() -> None:
    run = str(uuid.uuid4())
    line = {"kind": "run.quieted", "run": run, "key": "k", "cause": "quiet"}
    key = {"kind": "run.started", "run": run, "key": "quiet:2"}
    checked = check_events(b"\n".join(json.dumps(each).encode() for each in (line, key)))
    assert checked.accepted == []
    assert all("the server's own" in str(each["error"]) for each in checked.rejected)


def test_what_a_lease_tells_of_is_not_decided_by_silence() -> None:
    run = new_run()
    put_on_record(make_project(), observed(run, "a"))
    assert beat(run).attempt == 1
    assert sweep(9 * QUIET) == 0


def test_a_process_that_attaches_takes_it_back() -> None:
    run = new_run()
    put_on_record(make_project(), observed(run, "a"))
    sweep(QUIET + 1)
    beat(run, state="paused")
    assert state() == ("paused", False, None, None)
    rebuild_gives_the_same()


@pytest.mark.parametrize("told", ["crashed", "unconfirmed"])
def test_a_state_that_the_server_knows_better_stands(told: str) -> None:
    run = new_run()
    project = make_project()
    put_on_record(project, observed(run, "a"))
    sweep(QUIET + 1)
    put_on_record(project, reported(run, told, by=Reporter.SERVER, at=NOW_NS + 9))
    assert state() == (told, False, NOW_NS + 9, None)
    rebuild_gives_the_same()
