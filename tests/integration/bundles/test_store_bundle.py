"""While the finished file goes into its storage the export stays its worker's; whoever cancels is heard."""

from __future__ import annotations

import datetime as dt
import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils.timezone import now

from tests.integration.bundles.exported import recorded_run
from tests.integration.bundles.stores import BrokenStorage, SlowStorage
from traces.actions import claim_bundle, store_bundle
from traces.actions.ask_for_bundle import ask_for_bundle, cancel_bundle
from traces.actions.export_bundle import export_next
from traces.actions.store_bundle import Finished, Movable
from traces.audit.export_options import ExportOptions
from traces.models import Bundle, Run
from traces.queries.bundle_files import bundle_storage
from traces.signer.ask import SignerAt

pytestmark = pytest.mark.django_db
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _slow(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    use(settings, SlowStorage)
    SlowStorage.begun.clear()
    SlowStorage.go_on.clear()
    monkeypatch.setattr(store_bundle, "LOOK_SECONDS", 0.01)


def use(settings: Any, storage: type) -> None:
    backend = {"BACKEND": f"{storage.__module__}.{storage.__qualname__}"}
    settings.STORAGES = {**settings.STORAGES, "bundles": backend}


def written(let_others: Callable[[Bundle], None]) -> Bundle:
    """An export whose storing goes on once `let_others`, called while bytes wait, lets it."""
    bundle = ask_for_bundle(
        run=Run.objects.get(pk=recorded_run()),
        options=ExportOptions(signed=False, derived=False),
        by="user:alice",
        bundle_id=uuid.uuid4(),
        now_ns=time.time_ns(),
    )

    def look() -> None:
        if SlowStorage.begun.is_set():
            let_others(bundle)

    nobody = SignerAt(Path("/nowhere/signer"))
    assert export_next(
        clock=time.time_ns, randbytes=random.randbytes, signer=nobody, let_others=look
    )
    bundle.refresh_from_db()
    return bundle


def run_out(bundle: Bundle) -> None:
    Bundle.objects.filter(pk=bundle.pk).update(claimed_until=LONG_AGO)


def until(bundle: Bundle) -> dt.datetime:
    return Bundle.objects.get(pk=bundle.pk).claimed_until


def test_it_works():
    """A lease that runs out while bytes move is there again at the next look, and nobody else begins anew."""
    seen: list[dt.datetime] = []

    def look(bundle: Bundle) -> None:
        seen.append(until(bundle))
        run_out(bundle)
        if len(seen) == 3:
            SlowStorage.go_on.set()

    bundle = written(look)
    assert (bundle.status, bundle.attempts) == ("ready", 1)
    assert all(each > now() for each in seen[:3])
    assert bundle_storage().size(bundle.file) == bundle.size


def test_a_storage_that_takes_nothing_loses_the_claim(monkeypatch):
    monkeypatch.setattr(store_bundle, "LONGEST_STILL_SECONDS", 0.0)
    seen: list[dt.datetime] = []

    def look(bundle: Bundle) -> None:
        if seen:
            seen.append(until(bundle))
            SlowStorage.go_on.set()
        else:
            run_out(bundle)
            seen.append(until(bundle))

    written(look)
    assert seen[:2] == [LONG_AGO, LONG_AGO]


def test_cancelled_while_it_is_stored_it_leaves_no_file():
    def cancel(bundle: Bundle) -> None:
        cancel_bundle(bundle_id=bundle.pk, by="user:alice", now_ns=1)
        SlowStorage.go_on.set()

    bundle = written(cancel)
    assert (bundle.status, bundle.file) == ("cancelled", None)
    assert bundle_storage().listdir("") == ([], [])


def test_another_worker_that_took_over_keeps_its_claim():
    def another(bundle: Bundle) -> None:
        Bundle.objects.filter(pk=bundle.pk, attempts=1).update(token=uuid.uuid4(), attempts=2)
        SlowStorage.go_on.set()

    bundle = written(another)
    assert (bundle.status, bundle.attempts) == ("writing", 2)
    assert bundle_storage().listdir("") == ([], [])


def test_a_store_that_is_away_is_told_and_is_not_called_our_fault(settings):
    use(settings, BrokenStorage)
    bundle = written(lambda bundle: None)
    assert bundle.status == "failed"
    assert bundle.error == store_bundle.NOT_TAKEN.format("RuntimeError")


def test_a_file_is_moved_within_a_disk_and_copied_within_sight_to_another(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"x" * 10)
    kinds: list[type] = []

    class Noting(FileSystemStorage):
        def save(self, name: Any, content: Any, max_length: Any = None) -> str:
            kinds.append(type(content))
            return super().save(name, content, max_length)

    def store(name: str) -> bytes:
        nothing: Callable[[], None] = lambda: None  # noqa: E731
        storage = Noting(location=tmp_path / "a" / "b")
        kept = store_bundle.store_bundle(
            storage, name, tmp_path / "file", keep=nothing, let_others=nothing
        )
        return (tmp_path / "a" / "b" / kept).read_bytes()

    monkeypatch.setattr(store_bundle, "_can_be_moved", lambda storage, path: False)
    assert store("copied") == b"x" * 10
    monkeypatch.undo()
    assert store("moved") == b"x" * 10
    assert kinds == [Finished, Movable]
    assert not (tmp_path / "file").exists()


def test_the_lease_is_longer_than_the_longest_look():
    assert claim_bundle.LEASE_SECONDS > 10 * store_bundle.LOOK_SECONDS
