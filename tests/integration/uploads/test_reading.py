"""A worker reads what was uploaded: what comes out, what is said, and what a death in the middle costs."""

from __future__ import annotations

import datetime as dt
import json
import time
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ingest.importers.base import ImportedRun
from ingest.importers.choose import IMPORTERS
from ingest.models import Import
from ingest.uploads import claim, progress, read, reading, tasks
from ingest.uploads.places import FILES, folder_of
from ingest.uploads.read import read_next, remove_abandoned
from ingest.uploads.views import STOP_POLLING
from tests.integration.build import NOW_NS, new_run, observed
from tests.integration.concurrency.test_inbox import put
from tests.people import People
from traces.models import LedgerEntry, Run

GOLDEN = Path(__file__).parents[2] / "golden" / "bundles" / "v1-one-run.zip"
SAMPLES = json.dumps({"prompt": "def one():\n", "samples": ["    return 1", "    return 2"]})


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def randbytes(count: int) -> bytes:
    return uuid.uuid4().bytes[:count].ljust(count, b"\0")


def work() -> bool:
    return read_next(clock=lambda: NOW_NS + 5 * 10**9, randbytes=randbytes)


def upload(people: People, **files: str | bytes) -> Import:
    """An import that waits, of files by their paths."""
    row = Import.objects.create(
        project_id=people.project.pk,
        by="alice",
        title="log",
        files=len(files),
        size=1,
        uploaded_ns=NOW_NS,
    )
    for name, content in files.items():
        path = folder_of(row.pk) / FILES / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return row


def zipped(**members: str | bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def page_of(people: People, row: Import) -> Any:
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    return client.get(reverse("import-progress", args=[row.pk]))


def test_it_works(people: People) -> None:
    row = upload(people, **{"log.jsonl": SAMPLES, "README": "read me"})
    assert page_of(people, row).status_code == 200
    assert work()
    row.refresh_from_db()
    assert (row.state, row.run_count, row.files_read, row.files_found) == ("done", 1, 2, 2)
    assert row.formats == {"codet_samples": 1}
    assert (row.errors, row.error, len(row.left_out)) == ([], None, 1)
    assert row.left_out[0].startswith("README is in no format")
    run = Run.objects.get()
    assert (row.runs, run.project_id, run.nodes) == ([run.pk], people.project.pk, 3)
    page = page_of(people, row)
    assert page.status_code == STOP_POLLING
    assert f'href="/runs/{run.pk}"' in page.text
    assert "the model is not known" in page.text
    assert not folder_of(row.pk).exists()
    assert not work()


def test_the_same_files_again_make_no_second_run(people: People) -> None:
    for _ in range(2):
        upload(people, **{"log.jsonl": SAMPLES})
        assert work()
    entries = LedgerEntry.objects.count()
    first, second = Import.objects.all()
    assert first.runs == second.runs
    assert (Run.objects.count(), LedgerEntry.objects.count()) == (1, entries)


def test_an_archive_is_opened_and_its_files_lie_beside_each_other(people: People) -> None:
    table = "task_id,sample,passed,gen_tests_passed,gen_tests_total,behaviour_cluster\n"
    inside = {
        "in/log.jsonl": SAMPLES,
        "in/DERIVED_sample_results.csv": f"{table}T/0,0,1,5,5,0\nT/0,1,0,2,5,1\n",
        "in/again.zip": zipped(**{"log.jsonl": SAMPLES}),
    }
    row = upload(people, **{"logs.ZIP": zipped(**inside)})
    assert work()
    row.refresh_from_db()
    assert (row.state, row.run_count, row.files_found) == ("done", 1, 4)
    assert Run.objects.get().verdicts == 2
    assert sorted(text.partition(" ")[0] for text in row.left_out) == [
        "logs.ZIP/in/DERIVED_sample_results.csv",
        "logs.ZIP/in/again.zip",
    ]


def test_a_file_that_cannot_be_read_costs_the_others_nothing(people: People) -> None:
    row = upload(people, **{"a/broken.json": '[{"ys": [], "idx": 1', "log.jsonl": SAMPLES})
    assert work()
    row.refresh_from_db()
    assert (row.state, row.run_count) == ("done", 1)
    (sentence,) = row.errors
    assert sentence.startswith("a/broken.json is not JSON")
    assert "a/broken.json is not JSON" in page_of(people, row).text


def test_a_bundle_among_others_is_not_taken_and_the_page_says_so(people: People) -> None:
    row = upload(people, **{"b.zip": GOLDEN.read_bytes(), "log.jsonl": SAMPLES})
    assert work()
    row.refresh_from_db()
    assert (row.state, row.run_count) == ("done", 1)
    (sentence,) = row.errors
    assert sentence.startswith("b.zip is an audit bundle: one at a time")
    assert "b.zip is an audit bundle" in page_of(people, row).text


def test_of_several_files_that_bring_nothing_each_says_why(people: People) -> None:
    row = upload(people, **{"a.txt": "hello", "b.zip": GOLDEN.read_bytes(), "c.zip": b"PK\x03\x04"})
    assert work()
    row.refresh_from_db()
    page = page_of(people, row).text
    for sentence in (*row.errors, *row.left_out):
        assert sentence.partition(" ")[2][:30] in page
    assert len(row.errors) + len(row.left_out) == 3


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a.txt": "hello"}, "a.txt is in no format"),
        ({"a.txt": ""}, "a.txt is empty"),
        ({"a.zip": b"PK\x03\x04"}, "a.zip is not a zip archive"),
        ({"a.txt": "hello", "b.txt": "you"}, "nothing in it can be imported"),
    ],
)
def test_an_import_that_brings_nothing_says_why(
    people: People, files: dict[str, str | bytes], sentence: str
) -> None:
    row = upload(people, **files)
    assert work()
    row.refresh_from_db()
    assert (row.state, row.run_count) == ("failed", 0)
    assert row.error is not None
    assert row.error.startswith(sentence)
    page = page_of(people, row)
    assert (page.status_code, sentence in page.text) == (286, True)


def test_a_format_that_was_asked_for_is_tried_on_a_single_file(people: People) -> None:
    row = upload(people, **{"log.jsonl": SAMPLES})
    Import.objects.update(format="reflexion")
    assert work()
    row.refresh_from_db()
    assert row.error == "log.jsonl line 1 is left out: its 'is_solved' is neither true nor false"


def die(*args: Any, **kwargs: Any) -> None:
    raise KeyboardInterrupt  # as a worker ends that is told to: past every `except Exception`


def test_a_worker_that_dies_leaves_the_import_to_be_read_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload(people, **{"log.jsonl": SAMPLES})
    with monkeypatch.context() as dying:
        dying.setattr(claim, "end", die)
        with pytest.raises(KeyboardInterrupt):
            work()
    entries = LedgerEntry.objects.count()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("reading", 1)
    assert not work(), "its claim still holds"
    expire(row)
    assert work()
    row.refresh_from_db()
    assert (row.state, row.run_count, row.attempts) == ("done", 1, 2)
    assert LedgerEntry.objects.count() == entries > 0


def expire(row: Import) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    Import.objects.filter(pk=row.pk).update(claimed_until=past)


def test_an_import_that_ends_its_worker_each_time_is_given_up(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload(people, **{"log.jsonl": SAMPLES})
    with monkeypatch.context() as dying:
        dying.setattr(read, "summary", die)
        for _ in range(claim.MAX_ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                work()
            expire(row)
    assert work()
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", claim.ENDED_ITS_WORKER)


def test_a_slow_worker_finds_that_another_has_it_and_stops(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload(people, **{"log.jsonl": SAMPLES})
    other = uuid.uuid4()

    def stolen(path: Path) -> Iterator[ImportedRun]:
        Import.objects.filter(pk=row.pk).update(token=other)
        yield from codet.read(path)

    codet = IMPORTERS["codet_samples"]
    monkeypatch.setattr(progress, "TELL_SECONDS", 0.0)
    monkeypatch.setattr(reading, "IMPORTERS", {"stolen": replace(codet, read=stolen)})
    assert work()
    row.refresh_from_db()
    assert (row.state, row.token) == ("reading", other)
    assert folder_of(row.pk).exists(), "its files belong to the other now"


def test_one_import_is_read_at_a_time_oldest_first(people: People) -> None:
    second = upload(people, **{"b.jsonl": SAMPLES})
    first = upload(people, **{"a.jsonl": SAMPLES})
    Import.objects.filter(pk=first.pk).update(uploaded_ns=NOW_NS - 1)
    taken = claim.claim(uuid.uuid4())
    assert taken is not None
    assert taken.pk == first.pk
    assert claim.claim(uuid.uuid4()) is None
    claim.release(taken, 0.0)
    first.refresh_from_db()
    assert first.attempts == 0
    assert work()
    assert work()
    second.refresh_from_db()
    assert second.state == "done"


def test_files_that_are_not_there_say_what_web_and_worker_must_share(people: People) -> None:
    row = upload(people)
    assert work()
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", read.GONE)


def test_an_importer_that_stumbles_is_our_fault_and_stops_nobody(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload(people, **{"log.jsonl": SAMPLES})

    def stumble(*args: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(read, "summary", stumble)
    assert work()
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", read.OUR_FAULT)


def test_an_upload_that_was_cut_off_is_removed_after_a_day_and_an_import_never(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload(people, **{"log.jsonl": SAMPLES})
    cut_off = uuid.uuid4()
    folder_of(cut_off).mkdir()
    remove_abandoned()
    assert folder_of(cut_off).exists()
    monkeypatch.setattr(time, "time", lambda: NOW_NS)  # a very late hour
    remove_abandoned()
    assert not folder_of(cut_off).exists()
    assert folder_of(row.pk).exists()


def test_progress_is_told_while_it_reads(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    row = upload(people, **{"log.jsonl": f"{SAMPLES}\n{SAMPLES}\n"})
    seen: list[tuple[str | None, int]] = []
    kept = claim.renew

    def renew(claimed: Import, **told: Any) -> None:
        kept(claimed, **told)
        row.refresh_from_db()
        seen.append((row.reading, row.run_count))

    monkeypatch.setattr(progress, "TELL_SECONDS", 0.0)
    monkeypatch.setattr(claim, "renew", renew)
    assert work()
    assert seen == [("log.jsonl", 0), ("log.jsonl", 1), ("log.jsonl", 2)]


def test_what_arrives_meanwhile_is_recorded_in_between(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(people, **{"log.jsonl": f"{SAMPLES}\n{SAMPLES}\n"})
    monkeypatch.setattr(progress, "TELL_SECONDS", 0.0)
    arrived = new_run()
    put([observed(arrived, "live")])
    seen: list[bool] = []

    def look() -> None:
        tasks.record_what_arrived()
        seen.append(Run.objects.filter(pk=arrived, nodes=1).exists())

    assert read_next(clock=lambda: NOW_NS, randbytes=randbytes, let_others=look)
    assert seen == [True] * 3


def test_trouble_with_what_arrives_is_not_the_import_s(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "TELL_SECONDS", 0.0)
    monkeypatch.setattr(tasks, "drain", die_of_a_bug)
    row = upload(people, **{"log.jsonl": SAMPLES})
    tasks.read_imports()
    row.refresh_from_db()
    assert row.state == "done"


def die_of_a_bug() -> None:
    raise RuntimeError("a bug elsewhere")
