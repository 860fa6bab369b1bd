"""Where things lie in a bundle. Any other file is refused: what is not checked is not carried along."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable

from deliberation.bundle.bag import INFO, MANIFEST, SIGNATURE, TAG_MANIFEST
from deliberation.bundle.bounds import MAX_ANCHORS, MAX_RUNS
from deliberation.bundle.verdict import Refusal

TAG_FILES = frozenset(
    ("bagit.txt", INFO, MANIFEST, TAG_MANIFEST, SIGNATURE, "README.txt", "report.html")
)
RUNS = "data/evidence/runs/"
ANCHORS = "data/evidence/anchors/"
DERIVED, CUSTODY = "data/derived/", "data/custody/"
SUMMARY, DISCLOSURE = DERIVED + "summary.json", DERIVED + "disclosure.json"
EVENTS, PARTS, WITHHELD = "events.jsonl", "parts.jsonl", "withheld.jsonl"
CHECKPOINTS = "checkpoints.notes"
INSTANCE_LEAF, INSTANCE_PROOF = "instance.leaf", "instance.tlog-proof"
BLOBS = "blobs/"
OF_A_RUN = frozenset((EVENTS, PARTS, WITHHELD, CHECKPOINTS, INSTANCE_LEAF, INSTANCE_PROOF))
BLOB = re.compile(r"blobs/[0-9a-f]{64}")
ANCHOR_LEAF, ANCHOR_PROOF, ANCHOR_STAMP = ".leaf", ".tlog-proof", ".tsr"
OF_AN_ANCHOR = frozenset((ANCHOR_LEAF, ANCHOR_PROOF, ANCHOR_STAMP))
ANCHOR = re.compile(r"([0-9a-f-]{36})/([1-9][0-9]{0,15})(\.[a-z-]+)")


def runs_of(names: Iterable[str]) -> dict[str, set[str]]:
    """Return the names of each run's files in its folder, by run, sorted. Raises `Refusal` on a file out of place."""
    runs: dict[str, set[str]] = {}
    for name in names:
        if name.startswith(RUNS):
            run, _, inner = name[len(RUNS) :].partition("/")
            runs.setdefault(run, set()).add(inner)
            if not is_run_id(run) or not (inner in OF_A_RUN or BLOB.fullmatch(inner)):
                raise Refusal(f"{name}: is no file that evidence has")
        elif name not in TAG_FILES and not name.startswith((ANCHORS, DERIVED, CUSTODY)):
            raise Refusal(f"{name}: is no file that a bundle has")
    if not 0 < len(runs) <= MAX_RUNS:
        raise Refusal(f"a bundle has 1 to {MAX_RUNS} runs, not {len(runs)}")
    for run, inner_names in runs.items():
        if missing := {EVENTS, PARTS} - inner_names:
            raise Refusal(f"{RUNS}{run}/{min(missing)}: is missing")
    return dict(sorted(runs.items()))


def anchors_of(names: Iterable[str], runs: Collection[str]) -> dict[str, set[int]]:
    """Return the sizes at which runs are anchored, by run. Raises `Refusal` on a file out of place or missing."""
    found: dict[tuple[str, int], set[str]] = {}
    for name in names:
        if name.startswith(ANCHORS):
            read = ANCHOR.fullmatch(name[len(ANCHORS) :])
            if not read or read[1] not in runs or read[3] not in OF_AN_ANCHOR:
                raise Refusal(f"{name}: is no file that an anchor of a run has")
            found.setdefault((read[1], int(read[2])), set()).add(read[3])
    anchors: dict[str, set[int]] = {run: set() for run in runs}
    for (run, size), endings in found.items():
        if missing := OF_AN_ANCHOR - endings:
            raise Refusal(f"{ANCHORS}{run}/{size}{min(missing)}: is missing")
        anchors[run].add(size)
        if len(anchors[run]) > MAX_ANCHORS:
            raise Refusal(f"{ANCHORS}{run}: has more than {MAX_ANCHORS} anchors")
    return anchors


def is_run_id(text: str) -> bool:
    """Return True for a UUID in its one form."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
