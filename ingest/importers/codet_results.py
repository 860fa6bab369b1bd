"""What became of CodeT's samples when they were executed: a table beside their file.

`DERIVED_sample_results.csv`, a sample a row: `task_id` (ends in the task's line, from 0), `sample` (its place in the
line), `passed` (the hidden tests), `gen_tests_passed` of `gen_tests_total` (the tests that the model wrote, with
multiplicity), `behaviour_cluster` (samples with the same outcomes; negative: it did not load).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from io import StringIO
from pathlib import Path

from ingest.importers.base import NotImportable
from ingest.importers.json_file import read_bytes

TABLE = "DERIVED_sample_results.csv"
COLUMNS = [
    *("task_id", "sample", "passed"),
    *("gen_tests_passed", "gen_tests_total", "behaviour_cluster"),
]
TASK = re.compile(r"\D*(\d{1,9})")
COUNT = re.compile(r"-?\d{1,9}")
MAX_TABLE_BYTES = 64 * 1024 * 1024
UNREADABLE = f"{TABLE} beside the file cannot be read: nothing is known of what the samples did"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one sample did. `cluster` is None when it did not load."""

    passed: bool
    tests_passed: int
    tests_total: int
    cluster: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The table: (line, sample) → result. `digest` tells one execution from another; `warnings` are sentences."""

    by_sample: dict[tuple[int, int], Result] = field(default_factory=dict)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    digest: str = ""
    warnings: list[str] = field(default_factory=list)

    def of(self, task: int, sample: int) -> Result | None:
        """Return what the sample did, None when the table does not say."""
        return self.by_sample.get((task, sample))

    def agreeing(self, task: int, result: Result) -> int | None:
        """Return how many samples of the task behave like this one, itself included."""
        return None if result.cluster is None else self.sizes[task, result.cluster]


def results_beside(path: Path) -> Results:
    """Return the table beside a file of samples; an empty one when there is none, or none that can be read."""
    table = path.with_name(TABLE)
    if not table.is_file():
        return Results()
    try:
        return _read(read_bytes(table, MAX_TABLE_BYTES))
    except (NotImportable, ValueError, csv.Error):
        return Results(warnings=[UNREADABLE])


def _read(data: bytes) -> Results:
    rows = csv.DictReader(StringIO(data.decode()))
    if list(rows.fieldnames or ()) != COLUMNS:
        raise ValueError("the columns are others")
    found = dict(_row(row) for row in rows)
    return Results(
        by_sample=found,
        sizes=Counter(
            (task, each.cluster) for (task, _), each in found.items() if each.cluster is not None
        ),
        digest=blake2b(data, digest_size=4).hexdigest(),
    )


def _row(row: dict[str, str]) -> tuple[tuple[int, int], Result]:
    task = TASK.fullmatch(row["task_id"])
    counts = [row[name] for name in COLUMNS[1:]]
    if not task or not all(COUNT.fullmatch(count or "") for count in counts):
        raise ValueError("a row holds something else than counts")
    sample, passed, tests, of, cluster = map(int, counts)
    result = Result(
        passed=bool(passed),
        tests_passed=tests,
        tests_total=of,
        cluster=cluster if cluster >= 0 else None,
    )
    return (int(task[1]), sample), result
