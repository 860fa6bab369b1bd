"""Logs of princeton-nlp/tree-of-thought-llm: one JSON list, one case of the task an item.

A case with `steps` is a breadth-first search (`tot_search`), one without is a set of independent samples
(`tot_samples`). The usage that the file counts through becomes each case's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.importers.base import ImportedRun, Importer, NotImportable
from ingest.importers.json_file import names_of_runs, parse_json, read_bytes
from ingest.importers.tot_case import read_case
from ingest.importers.tot_level import Misshapen
from ingest.importers.tot_name import Origin, origin_of
from ingest.importers.tot_samples import tell_samples
from ingest.importers.tot_search import read_search, tell_search
from ingest.importers.usage_counter import UsageCounter

NAME = "tree_of_thoughts"
NO_MODEL = "neither the log nor its name says which model it was: the model is not known"


def sniff(path: Path, head: bytes) -> bool:
    """A JSON list whose first item has `ys`, and `steps` or `idx`."""
    start = head.lstrip()[:1]
    return start == b"[" and b'"ys"' in head and (b'"steps"' in head or b'"idx"' in head)


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a run for each case. The whole file is looked at first: it is imported whole or not at all.

    Raises `NotImportable`.
    """
    data = read_bytes(path)
    cases = parse_json(path, data)
    if not isinstance(cases, list) or not cases:
        raise NotImportable(
            path, "is not a tree-of-thought-llm log: it must be a JSON list of cases"
        )
    name_of, origin, counter = names_of_runs(data), origin_of(path), UsageCounter()
    runs = []
    for index, plain in enumerate(cases):
        try:
            runs.append(_run(plain, name_of(index), origin, counter))
        except Misshapen as error:
            raise NotImportable(
                path, f"is not a tree-of-thought-llm log: case {index}: {error}"
            ) from None
    yield from runs


def _run(plain: Any, name: str, origin: Origin, counter: UsageCounter) -> ImportedRun:
    if not isinstance(plain, Mapping):
        raise Misshapen("it must be an object")
    case = read_case(plain, origin, counter.add(plain.get("usage_so_far")))
    warnings = [] if origin.model else [NO_MODEL]
    warnings += [case.added.warning] if case.added.warning else []
    if "steps" not in plain:
        return ImportedRun(
            known_by=name,
            tell=lambda run: tell_samples(case, run),
            size=1 + len(case.outputs),
            warnings=warnings,
        )
    search = read_search(plain, case)
    return ImportedRun(
        known_by=name,
        tell=lambda run: tell_search(search, run),
        size=1 + len(search.states),
        warnings=warnings + search.warnings,
    )


TREE_OF_THOUGHTS = Importer(name=NAME, sniff=sniff, read=read)
