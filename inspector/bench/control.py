"""`bench control`: from a click until it is done in the program, over loopback, with a real SDK and other runs waiting.

A click is a `steer`: sent by HTTP, it is done when the program has it in its hands at its next checkpoint, which this
one reaches each millisecond. The clock starts before the request is sent and stops in the program. The next click waits
until the one before is recorded as applied: what is measured is a click, and not how many a second there can be.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import deliberation as dl
from deliberation.client import begin_run
from inspector.bench.calls import PATIENCE_SECONDS, call, percentiles
from inspector.bench.decisions import bench_decisions
from inspector.bench.ingest import Figures
from inspector.bench.polls import children_of, cores_of, held_polls
from inspector.bench.reservations import bench_reservations
from inspector.bench.stack import Stack

CLICKS = 200
CLICKS_WITHOUT_REDIS = 20
OTHERS = 50
MANY = 1_000
CHECKPOINT_SECONDS = 0.001
REST_SECONDS = 10.0
LOOK_SECONDS = 0.05

Arrivals = "queue.Queue[tuple[str, float]]"


def bench_control(stack: Stack) -> Figures:
    """Return delays in ms, with 50 others connected and without Redis, and the cores that 1,000 polls take at rest.

    And what comes of it when many want the same thing at once: to spend what is left, and to decide.
    """
    others = [_known_run(stack) for _ in range(MANY)]
    with _program(stack) as (run, arrivals), held_polls(stack, others[:OTHERS]):
        _clicks(stack, run, arrivals, 10)
        with_redis = _clicks(stack, run, arrivals, CLICKS)
        with _without_redis(stack):
            without = _clicks(stack, run, arrivals, CLICKS_WITHOUT_REDIS)
    with held_polls(stack, others):
        time.sleep(REST_SECONDS / 2)  # until all have sat down
        cores = cores_of(children_of(stack.pid, "inspector.web"), REST_SECONDS)
    return {
        "clicks": len(with_redis),
        "others_connected": OTHERS,
        **percentiles("applied", with_redis),
        "clicks_without_redis": len(without),
        **percentiles("without_redis", without),
        "polls_at_rest": len(others),
        "cores_at_rest": round(cores, 3),
        **bench_reservations(stack),
        **bench_decisions(stack),
    }


@contextmanager
def _program(stack: Stack) -> Iterator[tuple[str, Any]]:
    """Run a program that looks at its checkpoint each millisecond, and notes when it was handed which message."""
    settings = dl.Settings(url=f"http://{stack.host}:{stack.port}", key=stack.key)
    client, arrivals, begun = (
        dl.Client(settings),
        queue.Queue[tuple[str, float]](),
        queue.Queue[str](),
    )

    def deliberate() -> None:
        with begin_run(client, "the program of the bench") as run:
            begun.put(run.id)
            while True:
                for message in run.checkpoint().messages:
                    arrivals.put((str(message), time.monotonic()))
                time.sleep(CHECKPOINT_SECONDS)

    thread = threading.Thread(target=_until_stopped, args=(deliberate,))
    thread.start()
    run = begun.get(timeout=PATIENCE_SECONDS)
    _await_holder(stack, run)
    try:
        yield run, arrivals
    finally:
        _ask(stack, run, {"kind": "stop"})
        thread.join(PATIENCE_SECONDS)
        client.close()


def _until_stopped(deliberate: Any) -> None:
    try:
        deliberate()
    except dl.Stopped:
        return


def _clicks(stack: Stack, run: str, arrivals: Any, count: int) -> list[float]:
    return [_click(stack, run, arrivals) for _ in range(count)]


def _click(stack: Stack, run: str, arrivals: Any) -> float:
    message = uuid.uuid4().hex
    order = {"kind": "steer", "command_id": message, "message": message}
    began = time.monotonic()
    asking = threading.Thread(target=_ask, args=(stack, run, order))
    asking.start()
    while True:
        arrived, at = arrivals.get(timeout=PATIENCE_SECONDS)
        if arrived == message:
            break
    asking.join()
    _await_applied(stack, run, message)
    return float(at - began)


def _await_applied(stack: Stack, run: str, command_id: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        _, told = call(stack, "GET", f"/api/v1/runs/{run}/commands/{command_id}")
        if told.get("stage") == "applied":
            return
    raise RuntimeError("a command of the bench was not applied")


@contextmanager
def _without_redis(stack: Stack) -> Iterator[None]:
    """Freeze Redis: it takes connections and answers nobody, the worst it can do."""
    frozen = children_of(stack.pid, "redis-server")
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)


def _known_run(stack: Stack) -> str:
    run = str(uuid.uuid4())
    call(stack, "POST", f"/v1/control/{run}/heartbeat", {"attempt": None, "holder": run})
    return run


def _await_holder(stack: Stack, run: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        status, told = call(stack, "GET", f"/v1/control/{run}")
        if status == 200 and told["lease"]:
            return
        time.sleep(0.05)
    raise RuntimeError("the program of the bench did not attach")


def _ask(stack: Stack, run: str, order: dict[str, Any]) -> None:
    asked = {"command_id": uuid.uuid4().hex, **order}
    status, told = call(stack, "POST", f"/api/v1/runs/{run}/commands", asked)
    if status != 202:
        raise RuntimeError(f"the command was answered {status}: {told}")
