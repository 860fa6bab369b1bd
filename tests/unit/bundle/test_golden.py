"""Golden bundles: made by the ledger's own code, read by every verifier from now on."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from deliberation.bundle.heads import read_heads
from deliberation.bundle.keys import read_keys
from deliberation.bundle.report import Report
from deliberation.bundle.verdict import Verdict
from deliberation.bundle.verify import verify
from tests.bundles.build import bundle, zipped
from tests.bundles.golden import FOLDER, golden_files
from tests.bundles.story import tell_story

KEY, HEADS = FOLDER / "key.txt", FOLDER / "heads.txt"
NAMES = sorted(path.name for path in FOLDER.glob("*.zip"))


def check(name: str, *, key: bool = True, heads: bool = False) -> Report:
    with (FOLDER / name).open("rb") as file:
        return verify(
            file,
            keys=read_keys([str(KEY)]) if key else (),
            heads=read_heads([str(HEADS)]) if heads else (),
        )


def test_it_works():
    report = check("v1-one-run.zip")
    assert report.verdict == Verdict.SIGNED
    assert {each.status for each in report.checks} == {"pass"}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "v1-unsigned.zip"])
def test_a_key_that_is_named_makes_it_signed_and_without_one_it_is_unpinned(name):
    assert check(name).verdict == Verdict.SIGNED
    assert check(name, key=False).verdict == Verdict.UNPINNED


def test_a_head_of_all_of_every_run_makes_it_verified():
    assert check("v1-two-runs.zip", heads=True).verdict == Verdict.VERIFIED
    assert check("v1-withheld-and-redacted.zip", heads=True).verdict == Verdict.VERIFIED


def test_no_head_makes_it_verified_without_a_key():
    assert check("v1-two-runs.zip", key=False, heads=True).verdict == Verdict.UNPINNED


def test_an_unsigned_bundle_is_consistent_and_no_more():
    assert check("v1-unsigned.zip", key=False).verdict == Verdict.UNPINNED
    assert check("v1-unsigned.zip").verdict == Verdict.INVALID


def test_what_is_withheld_and_what_is_gone_is_counted_and_said():
    [run] = check("v1-withheld-and-redacted.zip").runs
    assert (run.withheld, run.gone, dict(run.reasons)) == (1, 1, {"the client's business": 1})


def test_every_report_says_what_is_not_proven():
    for name in NAMES:
        said = " ".join(check(name, key=False).not_proven)
        assert "no time stamp of a third party was checked" in said
        assert "reasoning caused its answer" in said


def test_the_script_still_writes_the_golden_files():
    """The format has not moved under version 1."""
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == golden_files()


def test_memory_does_not_grow_with_the_run():
    small, large = (peak_of(tell_story(candidates=count)) for count in (100, 2_000))
    assert large < small + 4 * 2**20


def peak_of(story) -> int:
    data = io.BytesIO(zipped(bundle(story)))
    del story
    tracemalloc.start()
    try:
        assert verify(data).verdict == Verdict.UNPINNED
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
