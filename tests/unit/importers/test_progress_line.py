"""How far an import is, on a terminal and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from itertools import count
from pathlib import Path

from django.core.management.base import OutputWrapper

from ingest.importers.base import ImportedRun, Importer
from ingest.management.progress_line import CLEAR, ProgressLine


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def three_runs(path: Path) -> Iterator[ImportedRun]:
    for number in range(3):
        yield ImportedRun(known_by=f"run {number % 2}", tell=lambda run: [], size=1)


IMPORTER = Importer(name="three", sniff=lambda path, head: True, read=three_runs)


def told(out: StringIO, step: float) -> tuple[ProgressLine, int]:
    ticks = count(0.0, step)
    line = ProgressLine(OutputWrapper(out), clock=lambda: next(ticks))
    return line, len(list(line.watch(IMPORTER).read(Path("log\n.jsonl"))))


def test_it_works() -> None:
    out = Terminal()
    line, seen = told(out, 1.0)
    line.clear()
    shown = out.getvalue().split(CLEAR)
    assert seen == 3
    assert shown[1] == "0 runs · file 1: log?.jsonl"
    assert shown[-2] == "2 runs · file 1: log?.jsonl"
    assert shown[-1] == ""
    assert "\n" not in out.getvalue()


def test_it_is_not_told_more_often_than_anybody_reads() -> None:
    out = Terminal()
    told(out, 0.001)
    assert out.getvalue().count(CLEAR) == 1


def test_a_pipe_hears_nothing() -> None:
    out = StringIO()
    line, seen = told(out, 1.0)
    line.clear()
    assert (seen, out.getvalue()) == (3, "")
