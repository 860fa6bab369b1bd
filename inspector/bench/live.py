"""`bench live`: from the POST of an event until its node stands in an open page of a real browser.

First in the only page of a run in which nothing else happens; then in one of fifty, at 200 events a second.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

from deliberation.ids import make_node_id, make_run_id
from inspector.bench.browser import open_browser
from inspector.bench.crowd import bench_crowd
from inspector.bench.door import post_events
from inspector.bench.ingest import Figures
from inspector.bench.stack import Stack

PAGES = 5
EVENTS = 20  # of one run: few enough that each new row is drawn, not only counted
PAUSE_SECONDS = 0.15


def bench_live(stack: Stack) -> Figures:
    """Return the delays in ms. Needs the test dependencies (playwright) and Chromium."""
    with open_browser(stack) as page:
        delays = [delay for _ in range(PAGES) for delay in _follow_run(stack, page)]
    delays.sort()
    return {
        "events": len(delays),
        "visible_p50_ms": round(statistics.median(delays) * 1000),
        "visible_p99_ms": round(delays[int(len(delays) * 0.99) - 1] * 1000),
        **{f"crowd_{name}": value for name, value in bench_crowd(stack).items()},
    }


def _follow_run(stack: Stack, page: Any) -> list[float]:
    run = make_run_id(time.time_ns(), os.urandom)
    post_events(stack, [_started(run, "first")])
    _open(page, f"http://{stack.host}:{stack.port}/runs/{run}")
    return [_measure(stack, page, run, number) for number in range(EVENTS)]


def _open(page: Any, address: str) -> None:
    for _ in range(50):
        answer = page.goto(address)
        if answer.status == 200:
            page.get_by_text("first").first.wait_for()
            return
        time.sleep(0.1)
    raise RuntimeError(f"{address} answered {answer.status}")


def _measure(stack: Stack, page: Any, run: str, number: int) -> float:
    name = f"node {number} of the bench"
    began = time.monotonic()
    post_events(stack, [_started(run, name)])
    page.wait_for_function(
        "name => document.querySelector('[role=treegrid]').textContent.includes(name)", arg=name
    )
    delay = time.monotonic() - began
    time.sleep(PAUSE_SECONDS)
    return delay


def _started(run: str, name: str) -> dict[str, Any]:
    return {
        "kind": "node.started",
        "run": run,
        "key": os.urandom(8).hex(),
        "at": str(time.time_ns()),
        "node": make_node_id(os.urandom),
        "name": name,
    }
