"""`bench runs`: how long the server takes for the first page of the list of runs when there are a million of them.

Whole pages as a browser asks for them, one after another over one connection: rows, total row, sparkline and filters.
In each order, and narrowed by what people ask for; a word that few runs have, or none, is the worst.
"""

from __future__ import annotations

import time
from urllib.parse import urlencode

from inspector.bench.calls import Connection, connect
from inspector.bench.ingest import Figures
from inspector.bench.many_runs import RARE_WORD, write_runs
from inspector.bench.sign_in import signed_in
from inspector.bench.stack import Stack

RUNS = 1_000_000
VISITS = 40
WARM = 4
ASKED: dict[str, dict[str, str]] = {
    "newest": {},
    "by_start": {"sort": "started"},
    "by_cost": {"sort": "cost"},
    "by_duration": {"sort": "duration"},
    "by_discarded": {"sort": "discarded"},
    "completed": {"state": "completed"},
    "running": {"state": "running"},
    "strategy": {"strategy": "mcts"},
    "model": {"model": "large-1"},
    "tag": {"tag": "team-7"},
    "last_week": {"within": "week"},
    "cost_range": {"cost_from": "0.10", "cost_to": "0.50"},
    "discarded": {"discarded": "1"},
    "needs_approval": {"approval": "1"},
    "unsigned": {"signed": "none"},
    "common_word": {"q": "night"},
    "rare_word": {"q": RARE_WORD},
    "absent_word": {"q": "no run says this"},
    "rare_word_by_cost": {"q": RARE_WORD, "sort": "cost"},
}


def bench_runs(stack: Stack, *, runs: int = RUNS) -> Figures:
    """Return the 95th percentile in ms of each page asked for, and the worst of them."""
    began = time.monotonic()
    write_runs(stack, runs)
    written = time.monotonic() - began
    connection, person = connect(stack), signed_in(stack)
    slowest = {
        f"{name}_p95_ms": _p95_ms([_visit(connection, person, asked) for _ in range(VISITS)][WARM:])
        for name, asked in ASKED.items()
    }
    connection.close()
    return {
        "runs": runs,
        "written_in_seconds": round(written, 1),
        **slowest,
        "worst_p95_ms": max(slowest.values()),
    }


def _visit(connection: Connection, person: dict[str, str], asked: dict[str, str]) -> float:
    began = time.monotonic()
    connection.request("GET", f"/?{urlencode(asked)}", headers=person)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the list of runs answered {answer.status} to {asked}")
    return time.monotonic() - began


def _p95_ms(seconds: list[float]) -> float:
    return round(sorted(seconds)[int(len(seconds) * 0.95)] * 1000, 1)
