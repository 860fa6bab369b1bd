"""`bench ingest`: from the first POST until the last span is visible through the API; and the cost of the ledger."""

from __future__ import annotations

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspector.bench.bodies import SPANS_PER_BODY, Body, make_bodies
from inspector.bench.child import run_beside
from inspector.bench.stack import Stack

CONNECTIONS = 4
TIMEOUT_SECONDS = 300
LEDGER_COST = """
from inspector.bench.ledger_cost import measure
print(json.dumps(measure()))
"""
Figures = dict[str, float | int | str]


def bench_ingest(stack: Stack, *, bodies: int) -> Figures:
    """Return spans/s until visible, and the latencies of the acknowledgements in ms, and the ledger's cost."""
    made = make_bodies(bodies, seed=time.time_ns())
    warm, load = made[:4], made[4:]
    _post_all(stack, warm)
    _await_recorded(stack, warm)
    began = time.monotonic()
    latencies = sorted(_post_all(stack, load))
    acknowledged = time.monotonic() - began
    _await_recorded(stack, load)
    seconds = time.monotonic() - began
    spans = len(load) * SPANS_PER_BODY
    return {
        "spans": spans,
        "spans_per_second": round(spans / seconds),
        "acknowledged_per_second": round(spans / acknowledged),
        "ack_p50_ms": round(_quantile(latencies, 0.50) * 1000, 1),
        "ack_p99_ms": round(_quantile(latencies, 0.99) * 1000, 1),
        "seconds": round(seconds, 2),
        "body_bytes": sum(len(body.data) for body in load) // len(load),
        **_ledger_cost(stack),
    }


def ask(stack: Stack, path: str) -> Any:
    """Return the JSON behind an address of the read API."""
    connection = http.client.HTTPConnection(stack.host, stack.port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {stack.key}"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"GET {path} answered {answer.status}: {text[:200]!r}")
    return json.loads(text)


def _post_all(stack: Stack, bodies: Sequence[Body]) -> list[float]:
    latencies: list[float] = []
    shares = [bodies[first::CONNECTIONS] for first in range(CONNECTIONS)]
    threads = [
        threading.Thread(target=_post_share, args=(stack, share, latencies)) for share in shares
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(latencies) != len(bodies):
        raise RuntimeError(f"{len(bodies) - len(latencies)} bodies were not acknowledged")
    return latencies


def _post_share(stack: Stack, share: Sequence[Body], latencies: list[float]) -> None:
    connection = http.client.HTTPConnection(stack.host, stack.port, timeout=60)
    headers = {
        "Authorization": f"Bearer {stack.key}",
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "gzip",
    }
    for body in share:
        while True:
            began = time.monotonic()
            connection.request("POST", "/v1/traces", body.data, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                latencies.append(time.monotonic() - began)
                break
            if answer.status != 429:
                raise RuntimeError(f"the door answered {answer.status}")
            time.sleep(int(answer.headers.get("Retry-After", "1")))
    connection.close()


def _await_recorded(stack: Stack, bodies: Sequence[Body]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while ask(stack, "/api/v1/ingest")["pending"]:
        if time.monotonic() > deadline:
            raise RuntimeError("the load was not recorded in time")
        time.sleep(0.02)
    for body in bodies[-CONNECTIONS:]:
        run = ask(stack, f"/api/v1/runs?trace_id={body.last_trace}")["items"][0]["id"]
        ask(stack, f"/api/v1/runs/{run}/nodes/{body.last_span}")


def _ledger_cost(stack: Stack) -> Figures:
    with tempfile.TemporaryDirectory(prefix="inspector-ledger-cost-") as folder:
        found: Figures = run_beside(stack, LEDGER_COST, data_dir=Path(folder))
    return found


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
