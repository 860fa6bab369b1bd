"""What the writer makes of a ledger, the verifier passes: with parts that were taken away, and several runs."""

from __future__ import annotations

import datetime as dt
import io
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest

from deliberation.bundle.bounds import MAX_INLINE_PART_BYTES
from deliberation.bundle.report import Report
from deliberation.bundle.verdict import Verdict
from deliberation.bundle.verify import verify
from deliberation.events import CandidateProposed
from deliberation.ledger.tree import append
from tests.bundles.attack import golden_story
from tests.bundles.story import OTHER_RUN, RUN, Story, tell_story
from traces.audit import zip_writer
from traces.audit.bundle import write_bundle
from traces.audit.differing import differing_range
from traces.audit.fits import LedgerSize, check_fits
from traces.audit.not_exported import Damaged, TooLarge
from traces.audit.stored import StoredPart, StoredRow, StoredRun
from traces.audit.withholding import NOTHING, Withholding

MADE_AT = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def test_it_works():
    report = verified(written(golden_story()))
    assert (report.verdict, report.reason) == (Verdict.UNPINNED, "")
    assert (report.runs[0].gone, report.runs[0].withheld) == (1, 0)


def test_several_runs_are_one_bundle():
    report = verified(written(tell_story(OTHER_RUN, 2), golden_story()))
    assert [each.run for each in report.runs] == [RUN, OTHER_RUN]
    assert report.verdict == Verdict.UNPINNED


def test_content_that_expired_is_gone_by_its_entry():
    report = verified(written(expired_story()))
    assert (report.verdict, report.reason) == (Verdict.UNPINNED, "")
    assert report.runs[0].gone > 5


def test_what_is_gone_is_not_withheld():
    report = verified(written(golden_story(), withholding=all_of_it()))
    assert (report.verdict, report.reason) == (Verdict.UNPINNED, "")
    assert (report.runs[0].gone, report.runs[0].shown) == (1, 0)


@pytest.mark.parametrize("withholding", [NOTHING, Withholding(everything=True, reason="no")])
def test_a_redacted_text_that_is_still_there_makes_no_bundle(withholding):
    story = golden_story()
    story.gone.clear()
    with pytest.raises(Damaged, match="its part rationale is there, and entry 14 redacted it"):
        written(story, withholding=withholding)


def test_an_expired_text_that_is_still_there_makes_no_bundle():
    story = expired_story()
    story.gone.pop((1, "task"))
    with pytest.raises(Damaged, match="entry 1: has a text, and entry 14 expired its content"):
        written(story)


def test_a_bundle_has_no_gaps_and_no_zip64_however_it_is_read():
    data = written(golden_story())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert not any(member.extra or member.flag_bits for member in archive.infolist())


def test_a_file_that_grows_too_large_is_refused_while_it_is_written(monkeypatch):
    monkeypatch.setattr(zip_writer, "MAX_FILE_BYTES", 1_000)
    with pytest.raises(TooLarge, match="would have more than 1000 bytes"):
        written(tell_story())


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (LedgerSize(10, 2**31, 0, 0, 0), "a file has at most"),
        (LedgerSize(10, 10, 0, 70_000, 0), "files"),
        (LedgerSize(10, 10, 10, 3, 2**32), "a bundle has at most"),
    ],
)
def test_a_run_beyond_the_format_is_refused_before_it_is_read(size, sentence):
    with pytest.raises(TooLarge, match=sentence):
        check_fits(size)


def test_a_run_within_the_format_fits():
    check_fits(LedgerSize(1_000_000, 2**30, 2**30, 1_000, 2**30))


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [("abc", "abd", (6, 6)), ("abc", "xbc", (0, 3)), ("abc", "", (0, 3))],
)
def test_where_two_trees_part_is_told_by_their_frontiers(ours, theirs, found):
    assert differing_range(as_hashes(ours), as_hashes(theirs), 7) == found


def test_memory_does_not_grow_with_the_run():
    peaks = [peak_of(entries) for entries in (2_000, 20_000)]
    assert peaks[1] < peaks[0] + 2_000_000


def peak_of(entries: int) -> int:
    story = Story(RUN)
    for event in tell_story().entries[:1]:
        story.entries.append(event)
    for index in range(entries):
        story.tell(CandidateProposed(run=RUN, key=f"c{index}", node="n", answer=f"{index} " * 20))
    stored = stored_story(story)
    tracemalloc.start()
    write_bundle(io.BytesIO(), runs=[stored], made_at=MADE_AT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - entries * 60  # the zip itself, which is in memory here


def written(*stories: Story, withholding: Withholding = NOTHING) -> bytes:
    out = io.BytesIO()
    runs = [stored_story(story) for story in stories]
    write_bundle(out, runs=runs, made_at=MADE_AT, withholding=withholding)
    return out.getvalue()


def verified(data: bytes) -> Report:
    return verify(io.BytesIO(data))


def stored_story(story: Story) -> StoredRun:
    frontier, size = append([], 0, [entry.leaf for entry in story.entries])
    large = {part.inner: part.data for entry in story.entries for part in entry.parts}
    return StoredRun(
        run=story.run,
        size=size,
        frontier=frontier,
        rows=lambda: rows_of(story),
        read_large=lambda inner: iter([large[inner]]),
    )


def rows_of(story: Story) -> Iterator[StoredRow]:
    for entry in story.entries:
        parts = []
        for part in entry.parts:
            is_large = len(part.data) > MAX_INLINE_PART_BYTES
            kept = (part.inner, None) if is_large else (None, part.data)
            is_gone = (entry.seq, part.name) in story.gone
            parts.append(StoredPart(part.name, part.salt, *((None, None) if is_gone else kept)))
        yield StoredRow(entry.seq, entry.key, entry.line, entry.leaf, parts)


def expired_story() -> Story:
    story = tell_story()
    by = len(story.entries)
    story.tell_plainly("content.expired", {"before": by, "policy": "30 days"})
    for entry in story.entries[:by]:
        story.gone |= {(entry.seq, part.name): by for part in entry.parts}
    return story


def all_of_it() -> Withholding:
    return Withholding(everything=True, reason="not yours")


def as_hashes(letters: str) -> list[bytes]:
    return [letter.encode() * 32 for letter in letters]
