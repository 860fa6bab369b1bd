"""`bench tree`: how soon a tree can be used, and how it moves, in a real browser, at a thousand nodes and at `--nodes`.

What is timed in the page ends at the second frame after the change, so that it stands before the reader's eyes. All
is opened, and closed again, right after each visit, when the page has done neither before: the median counts.
Scrolling goes down a notch of a wheel each frame, 7,200 pixels a second, and then a whole screen each frame, as who
drags the bar: a frame of more than 50 ms is seen as a jerk. Heap is after a collection.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

import psycopg

from deliberation.ids import make_run_id
from inspector.bench.browser import open_browser
from inspector.bench.door import post_events
from inspector.bench.ingest import Figures, ask
from inspector.bench.searches import make_search
from inspector.bench.stack import Stack

SMALL = 1_000
VISITS = 5
NODES_PER_SECOND = 150
"""At the least that a run is recorded with, on a machine that does much else."""
READY = "[data-tree][data-ready]"
CLICKED = """async (selector) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const began = performance.now();
  document.querySelector(selector).click();
  await frame(); await frame();
  return performance.now() - began;
}"""
SEARCHED = """async (words) => {
  const tally = document.querySelector("[data-part=tally]");
  const field = document.querySelector("[data-part=search]");
  const before = tally.textContent;
  const began = performance.now();
  const changed = new Promise((done) => new MutationObserver((_, watch) => {
    if (tally.textContent !== before) { watch.disconnect(); done(); }
  }).observe(tally, { childList: true, characterData: true, subtree: true }));
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await changed;
  await new Promise((done) => requestAnimationFrame(done));
  return performance.now() - began;
}"""
SCROLLED = """async ([frames, step]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const scroll = document.querySelector("[data-part=scroll]");
  const took = [];
  let last = await frame();
  for (let number = 0; number < frames; number++) {
    scroll.scrollTop += step ?? scroll.clientHeight;
    const now = await frame();
    took.push(now - last);
    last = now;
  }
  return took.sort((a, b) => a - b);
}"""
FRAMES = 120
NOTCH = 120
JERK = 51.0
"""Three frames of a screen that shows sixty a second are 50 ms, and are stamped up to 50.1."""


def bench_tree(stack: Stack, *, nodes: int) -> Figures:
    """Return for each size times in ms, heap in MB and elements; and the ratio of the larger to the smaller."""
    sizes = (SMALL, nodes)
    figures: Figures = {}
    ready: dict[int, float] = {}
    with open_browser(stack) as page:
        for size in sizes:
            run = _report(stack, size)
            found = _measure(page, f"http://{stack.host}:{stack.port}/runs/{run}")
            ready[size] = found["ready_ms"]
            figures |= {f"{name}_at_{size}": value for name, value in found.items()}
    figures["ready_ratio"] = round(ready[nodes] / ready[SMALL], 2)
    return figures


def _report(stack: Stack, nodes: int) -> str:
    """Return the id of a run of so many nodes that is recorded whole."""
    run = str(make_run_id(time.time_ns(), os.urandom))
    post_events(stack, make_search(run, nodes))
    patience = 60 + nodes / NODES_PER_SECOND
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if ask(stack, "/api/v1/ingest")["pending"] == 0:
            counted = ask(stack, f"/api/v1/runs/{run}")["counts"]["nodes"]
            if counted == nodes:
                _settle(stack)
                return run
        time.sleep(0.2)
    raise RuntimeError(f"a run of {nodes} nodes was not recorded within {patience:.0f} s")


def _settle(stack: Stack) -> None:
    """Do at once what Postgres would begin to do of itself while the tree is measured."""
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE traces_node")
        connection.execute("VACUUM ANALYZE traces_ledgerentry")


def _measure(page: Any, address: str) -> dict[str, float]:
    visits: list[float] = []
    opened: list[float] = []
    folded: list[float] = []
    for _ in range(VISITS):
        visits.append(_visit(page, address))
        opened.append(page.evaluate(CLICKED, "[data-mode=all]"))
        folded.append(page.evaluate(CLICKED, "[data-mode=folded]"))
    page.evaluate(CLICKED, "[data-mode=all]")
    scrolled = page.evaluate(SCROLLED, [4 * FRAMES, NOTCH])
    leapt = page.evaluate(SCROLLED, [FRAMES, None])
    elements = page.evaluate("() => document.querySelectorAll('*').length")
    page.evaluate(CLICKED, "[data-mode=folded]")
    searched = [page.evaluate(SEARCHED, words) for words in ("word13", "word31", "step 77")]
    return {
        "first_visit_ms": round(visits[0]),
        "ready_ms": round(statistics.median(visits[1:])),
        "expand_all_ms": round(statistics.median(opened), 1),
        "slowest_expand_ms": round(max(opened), 1),
        "collapse_all_ms": round(statistics.median(folded), 1),
        "search_ms": round(statistics.median(searched), 1),
        "frame_p95_ms": round(scrolled[int(len(scrolled) * 0.95)], 1),
        "longest_frame_ms": round(scrolled[-1], 1),
        "leap_p95_ms": round(leapt[int(len(leapt) * 0.95)], 1),
        "longest_leap_ms": round(leapt[-1], 1),
        "frames": len(scrolled) + len(leapt),
        "jerks": sum(frame > JERK for frame in (*scrolled, *leapt)),
        "heap_mb": round(_heap_bytes(page) / 1e6, 1),
        "elements": elements,
    }


def _visit(page: Any, address: str) -> float:
    """Return the ms from asking for the page until its tree can be used. What it asks for besides is awaited after."""
    page.goto("about:blank")
    began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(READY)
    page.wait_for_selector("[role=row][tabindex='0']")
    took = (time.monotonic() - began) * 1000
    page.wait_for_load_state("networkidle")
    return took


def _heap_bytes(page: Any) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])
