"""Processes that spend from one run at once: each reserves at the server, spends, and settles, until nothing is left.

What a call really costs is known after it only: up to a twentieth more than was reserved for it, or half of that. So a
limit of dollars may be passed by what the last calls in progress cost more, and one of calls by nothing.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from deliberation.ids import make_run_id
from inspector.bench.calls import PATIENCE_SECONDS, call, connect, percentiles
from inspector.bench.ingest import Figures
from inspector.bench.stack import Stack

PROCESSES = 64
CALLS = 200
DOLLARS = Decimal(10)
RESERVED = Decimal("0.05")
PAUSE_SECONDS = 0.05
CHEAPEST, DEAREST = 0.5, 1.05
"""Of what a call costs, as a share of what was reserved for it."""


@dataclass(slots=True)
class Spending:
    """What all processes were granted, and spent by their own account."""

    granted: int = 0
    spent: Decimal = Decimal(0)
    delays: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, cost: Decimal, delay: float) -> None:
        """Add up one call."""
        with self.lock:
            self.granted += 1
            self.spent += cost
            self.delays.append(delay)


def bench_reservations(stack: Stack) -> Figures:
    """Return by how much 64 processes pass a limit of calls and one of dollars, and how long a reservation takes."""
    calls = _spend_all(stack, {"model_calls": str(CALLS)}, {"model_calls": "1"})
    money = _spend_all(stack, {"usd": str(DOLLARS)}, {"usd": str(RESERVED)})
    overshoot = max(Decimal(0), money.spent - DOLLARS) / DOLLARS * 100
    return {
        "processes_reserving": PROCESSES,
        "calls_allowed": CALLS,
        "calls_granted": calls.granted,
        "dollars_allowed": str(DOLLARS),
        "dollars_spent": f"{money.spent:.4f}",
        "dollars_overshot_percent": f"{overshoot:.2f}",
        **percentiles("reserved", [*calls.delays, *money.delays]),
    }


def _spend_all(stack: Stack, limits: dict[str, str], wanted: dict[str, str]) -> Spending:
    run, spending = _limited_run(stack, limits), Spending()

    def process(number: int) -> None:
        _spend(stack, run, number, wanted, spending)

    _side_by_side(process)
    return spending


def _side_by_side(process: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=process, args=(number,)) for number in range(PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _spend(stack: Stack, run: str, number: int, wanted: dict[str, str], spending: Spending) -> None:
    """Be one process: go on until what is wanted does not fit, and nothing that others reserved can come back."""
    chance, connection, holder = random.Random(number), connect(stack), f"process-{number}"
    for step in range(CALLS):
        name = f"{number}-{step}"
        while True:
            began = time.monotonic()
            said = {"id": name, "holder": holder, "amounts": wanted}
            status, told = call(
                stack, "POST", f"/v1/control/{run}/reservations", said, on=connection
            )
            if status == 200 or Decimal(told["reserved"]) == 0:
                break
            time.sleep(PAUSE_SECONDS)
        if status != 200:
            break
        spent = {each: _cost(each, amount, chance) for each, amount in wanted.items()}
        spending.note(spent.get("usd", Decimal(0)), time.monotonic() - began)
        settled = {"spent": {each: str(amount) for each, amount in spent.items()}}
        call(stack, "POST", f"/v1/control/{run}/reservations/{name}/settle", settled, on=connection)
    connection.close()


def _cost(dimension: str, reserved: str, chance: random.Random) -> Decimal:
    if dimension != "usd":
        return Decimal(reserved)
    return Decimal(reserved) * Decimal(f"{chance.uniform(CHEAPEST, DEAREST):.4f}")


def _limited_run(stack: Stack, limits: dict[str, str]) -> str:
    run = make_run_id(time.time_ns(), os.urandom)
    event: dict[str, Any] = {"kind": "run.started", "run": run, "key": "start", "budgets": limits}
    connection = http.client.HTTPConnection(stack.host, stack.port, timeout=PATIENCE_SECONDS)
    headers = {
        "Authorization": f"Bearer {stack.key}",
        "Content-Type": "application/x-ndjson",
    }
    connection.request("POST", "/v1/events", json.dumps(event), headers)
    connection.getresponse().read()
    connection.close()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        status, told = call(stack, "GET", f"/api/v1/runs/{run}/budgets")
        if status == 200 and told["items"]:
            return run
        time.sleep(0.05)
    raise RuntimeError("the run of the bench was not recorded")
