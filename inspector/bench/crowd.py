"""A run that grows while fifty pages of it are open: one in a real browser, in which it is seen, 49 without.

The page in the browser stays at the end of its tree, as a reader does who watches a run. It notes when each name of
`growing` stood in it, at the next frame, by the clock on the wall that the poster also reads.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from inspector.bench.asking import Asked
from inspector.bench.browser import open_browser
from inspector.bench.calls import PATIENCE_SECONDS, percentiles
from inspector.bench.growing import EVENTS_PER_BODY, Growing, name_of
from inspector.bench.ingest import Figures, ask
from inspector.bench.polls import children_of, cores_of
from inspector.bench.stack import Stack
from inspector.bench.watchers import Watcher, watch_all

PAGES = 50
COMING_SECONDS = 3.0
RESTING_SECONDS = 1.0  # until what was asked for at the beginning is answered
GROWING_SECONDS = 15.0
LAST_SECONDS = 5.0
READY = "[data-tree][data-ready]"
NOTING = """() => {
  const scroll = document.querySelector("[data-part=scroll]");
  const seen = window.seenAt = {};
  performance.setResourceTimingBufferSize(10000);
  const look = () => {
    scroll.scrollTop = scroll.scrollHeight;
    for (const [name] of scroll.textContent.matchAll(/seen \\d+ of the bench/g)) {
      if (!(name in seen)) { seen[name] = 0; requestAnimationFrame(() => { seen[name] = Date.now() / 1000; }); }
    }
  };
  new MutationObserver(look).observe(scroll, { childList: true, characterData: true, attributes: true, subtree: true });
  look();
}"""
ASKED = "() => performance.getEntriesByType('resource').length"


def bench_crowd(stack: Stack) -> Figures:
    """Return delays in ms, requests and events per second, and cores. Needs the test dependencies and Chromium."""
    began = time.monotonic()
    growing, asked = Growing(), Asked()
    growing.begin(stack)
    _await_run(stack, growing.run)
    with open_browser(stack, height=900) as page, _watched(stack, growing.run, asked):
        page.goto(f"http://{stack.host}:{stack.port}/runs/{growing.run}")
        page.wait_for_selector(READY)
        page.evaluate(NOTING)
        time.sleep(RESTING_SECONDS)
        asked.times.clear()
        asked.brought = 0
        page.evaluate("() => performance.clearResourceTimings()")
        poster = threading.Thread(target=growing.grow, args=(stack, GROWING_SECONDS))
        poster.start()
        cores = _cores(stack, GROWING_SECONDS)
        poster.join()
        recorded = ask(stack, f"/api/v1/runs/{growing.run}")["counts"]["events"]
        took = time.time() - growing.posted_at[0]
        figures = _requests(asked, page.evaluate(ASKED), took)
        delays, missing = _await_seen(page, growing)
    return {
        "pages": PAGES,
        "events": len(growing.posted_at) * EVENTS_PER_BODY,
        "events_per_second": round(recorded / took),
        "measured": len(delays),
        "never_seen": missing,
        **percentiles("visible", delays),
        **figures,
        **cores,
        "load": round(os.getloadavg()[0], 1),
        "seconds": round(time.monotonic() - began, 1),
    }


def _await_run(stack: Stack, run: str) -> None:
    for _ in range(300):
        try:
            ask(stack, f"/api/v1/runs/{run}")
        except RuntimeError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the run of the bench was not recorded within thirty seconds")


@contextmanager
def _watched(stack: Stack, run: str, asked: Asked) -> Iterator[None]:
    """Keep all pages but one open, in a thread; yield when each hears its socket."""
    pages = [Watcher(stack, run, _sign_in(stack), asked) for _ in range(PAGES - 1)]
    begun: queue.Queue[Callable[[], object]] = queue.Queue()
    thread = threading.Thread(target=lambda: asyncio.run(_watch(pages, begun)))
    thread.start()
    end = begun.get()
    try:
        for each in pages:
            each.is_there.wait(PATIENCE_SECONDS)
        yield
    finally:
        end()
        thread.join()


async def _watch(pages: list[Watcher], begun: queue.Queue[Callable[[], object]]) -> None:
    loop, watching = (
        asyncio.get_running_loop(),
        asyncio.ensure_future(watch_all(pages, over=COMING_SECONDS)),
    )
    begun.put(lambda: loop.call_soon_threadsafe(watching.cancel))
    with suppress(asyncio.CancelledError):
        await watching


def _sign_in(stack: Stack) -> str:
    connection = http.client.HTTPConnection(stack.host, stack.port, timeout=30)
    connection.request("GET", urlsplit(stack.sign_in).path)
    told = connection.getresponse()
    given = [value for name, value in told.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    return "; ".join(value.partition(";")[0] for value in given)


def _cores(stack: Stack, seconds: float) -> dict[str, float]:
    parts = {"web": "inspector.web", "workers": "celery"}
    found: dict[str, float] = {}

    def count(part: str, word: str) -> None:
        found[f"cores_{part}"] = round(cores_of(children_of(stack.pid, word), seconds), 2)

    threads = [threading.Thread(target=count, args=each) for each in parts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict(sorted(found.items()))


def _requests(asked: Asked, of_browser: int, seconds: float) -> Figures:
    times = dict(asked.times)
    others = sum(times.values())
    return {
        "requests_per_second": round((others + of_browser) / seconds),
        "requests_per_page": round(others / max(1, PAGES - 1) / seconds, 2),
        "requests_of_the_browser": round(of_browser / seconds, 2),
        **{f"{name}_per_second": round(count / seconds) for name, count in sorted(times.items())},
        "brought_per_second": round(asked.brought / seconds),
        "refused": asked.failed,
    }


def _await_seen(page: Any, growing: Growing) -> tuple[list[float], int]:
    """Return the seconds from posting until each name was seen, and how many never were: those count till now."""
    deadline = time.monotonic() + LAST_SECONDS
    while True:
        seen = page.evaluate("() => window.seenAt")
        times = [seen.get(name_of(number)) for number in range(len(growing.posted_at))]
        missing = times.count(None)
        if not missing or time.monotonic() > deadline:
            now = time.time()
            pairs = zip(times, growing.posted_at, strict=True)
            return [(at or now) - posted for at, posted in pairs], missing
        time.sleep(0.1)
