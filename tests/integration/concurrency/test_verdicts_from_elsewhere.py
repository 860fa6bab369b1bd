"""Several look for the same verdicts at once: each is told once where it belongs."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

import ingest.process
from tests.integration.build import NOW_NS, make_project
from tests.integration.otlp import CHILD, OTHER, ROOT, TRACE, send, span, traces
from traces.actions.place_verdicts import place_verdicts
from traces.models import DistantVerdict, LedgerEntry, Run, Verdict

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, JUDGES = 8, 12
SAID = {"openinference.span.kind": "EVALUATOR", "output.value": '{"label": "pass"}'}


def look_at_once() -> None:
    begin = Barrier(THREADS)

    def look(number: int) -> None:
        try:
            begin.wait(30)
            place_verdicts(now_ns=NOW_NS, randbytes=random.Random(number).randbytes)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(look, range(THREADS)))


def test_each_is_told_once_by_however_many_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.process, "place_verdicts", lambda **_: ())
    project = make_project()
    for number in range(JUDGES):
        judge = span(
            OTHER, traceId=f"{number + 1:02x}" * 16, attributes=SAID, links=[(TRACE, CHILD)]
        )
        send(project, traces(judge))
    send(project, traces(span(ROOT), span(CHILD, ROOT)))
    judged = Run.objects.get(trace_id=TRACE)
    assert not Verdict.objects.filter(run_id=judged.pk).exists()

    look_at_once()

    assert Verdict.objects.filter(run_id=judged.pk, node_id=CHILD).count() == JUDGES
    assert not DistantVerdict.objects.filter(placed_in=None).exists()
    entries = LedgerEntry.objects.filter(run_id=judged.pk).count()
    DistantVerdict.objects.update(placed_in=None)  # as after a death before it was noted
    look_at_once()
    assert not DistantVerdict.objects.filter(placed_in=None).exists()
    assert LedgerEntry.objects.filter(run_id=judged.pk).count() == entries
    assert Verdict.objects.filter(run_id=judged.pk).count() == JUDGES
