"""Runs that came in a bundle: checked as they came, taken away as a whole or not at all."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from django.test import Client

from tests.people import People
from traces.actions.import_bundle import ToImport, import_bundle
from traces.audit.not_imported import NotImported
from traces.audit.openings import pack_closed
from traces.models import ExpiredRun, ForeignRun, LedgerEntry, Run
from traces.queries.recheck_run import recheck_run

GOLDEN = Path(__file__).parents[2] / "golden" / "bundles" / "v1-one-run.zip"
NOW_NS = 1_795_000_000 * 10**9


def imported(people: People) -> Run:
    given = ToImport(
        file=io.BytesIO(GOLDEN.read_bytes()), project=people.project.pk, by="user:alice"
    )
    import_bundle(given, now_ns=NOW_NS)
    return Run.objects.get()


def test_it_works(people: People, client: Client) -> None:
    run = imported(people)
    assert recheck_run(run.pk).differences == []
    client.force_login(people.alice)
    address = f"/runs/{run.pk}/retention"
    page = client.get(address).content.decode()
    assert "Delete the whole run" in page
    assert "Place a legal hold" not in page
    for act in ("expire", "hold", "redact"):
        assert client.post(address, {"act": act, "ticket": "t", "reason": "r"}).status_code == 403
    client.force_login(people.bob)
    assert client.post(address, {"act": "expire_run", "ticket": "t"}).status_code == 403
    client.force_login(people.alice)
    assert client.post(address, {"act": "expire_run", "ticket": "t"}).status_code == 303
    assert not Run.objects.exists()
    assert not ForeignRun.objects.exists()
    assert ExpiredRun.objects.get().by == "user:alice"
    with pytest.raises(NotImported, match="was deleted here"):
        imported(people)


def test_checkpoints_that_came_with_it_contradict_an_edit(people: People) -> None:
    run = imported(people)
    notes = ForeignRun.objects.get().notes
    assert notes
    LedgerEntry.objects.filter(run_id=run.pk, seq=run.size - 1).delete()
    Run.objects.filter(pk=run.pk).update(size=run.size - 1)
    found = [each.what for each in recheck_run(run.pk).differences]
    assert any("is signed, of which" in each for each in found)


def test_nobody_may_say_of_a_run_of_ours_that_a_text_was_withheld(people: People) -> None:
    from tests.integration.build import new_run, observed, put_on_record

    run = new_run()
    put_on_record(people.project, observed(run, "a", output="words"))
    packed = pack_closed("output", "not for you")
    LedgerEntry.objects.filter(run_id=run, seq=1).update(openings=packed)
    [difference] = recheck_run(uuid.UUID(run)).differences
    assert difference.what == "its part output is gone, and no entry took it away"
