"""kill -9 of web and workers during a load: each acknowledged span is there, exactly once."""

from __future__ import annotations

import collections
import gzip
import http.client
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from inspector.bench.bodies import SPANS_PER_BODY, Body, make_bodies
from inspector.bench.ingest import ask
from inspector.bench.stack import Stack, run_stack

pytestmark = [pytest.mark.local]

BODIES = 24
KILLS = ("celery", "inspector.web", "celery")
LOAD_SECONDS = 6
RECORD_SECONDS = 240


def test_no_acknowledged_span_is_lost_or_doubled() -> None:
    bodies = make_bodies(BODIES, seed=24)
    with run_stack() as stack:
        # A daemon, or a test that failed would keep the whole suite from ending.
        poster = threading.Thread(
            target=_post_until_acknowledged, args=(stack, bodies), daemon=True
        )
        poster.start()
        for name in KILLS:
            time.sleep(LOAD_SECONDS / len(KILLS) / 2)
            _kill_one(stack.pid, name)
            time.sleep(LOAD_SECONDS / len(KILLS) / 2)
        poster.join(RECORD_SECONDS)
        assert not poster.is_alive()
        _await_empty_inbox(stack)

        expected = _spans_by_trace(bodies)
        assert sum(expected.values()) == BODIES * SPANS_PER_BODY
        assert {trace: _nodes_of(stack, trace) for trace in expected} == expected


def _post_until_acknowledged(stack: Stack, bodies: list[Body]) -> None:
    headers = {
        "Authorization": f"Bearer {stack.key}",
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "gzip",
    }
    for body in bodies:
        time.sleep(LOAD_SECONDS / len(bodies))
        while True:
            connection = http.client.HTTPConnection(stack.host, stack.port, timeout=60)
            try:
                connection.request("POST", "/v1/traces", body.data, headers)
                if connection.getresponse().status == 200:
                    break
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.1)


def _kill_one(supervisor: int, name: str) -> None:
    """Kill the newest process of this name below our own supervisor; wait for one to be there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = [
            pid
            for pid in _descendants(supervisor)
            if name in _command(pid) and "beat" not in _command(pid)
        ]
        if found:
            os.kill(max(found), signal.SIGKILL)
            return
        time.sleep(0.1)
    raise AssertionError(f"no {name} came back")


def _descendants(parent: int) -> list[int]:
    children: dict[int, list[int]] = collections.defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            children[int(stat.rpartition(")")[2].split()[1])].append(int(entry.name))
    found, queue = [], [parent]
    while queue:
        for child in children[queue.pop()]:
            found.append(child)
            queue.append(child)
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _await_empty_inbox(stack: Stack) -> None:
    deadline = time.monotonic() + RECORD_SECONDS
    while time.monotonic() < deadline:
        try:
            if ask(stack, "/api/v1/ingest")["pending"] == 0:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    raise AssertionError("acknowledged bodies were not recorded in time")


def _spans_by_trace(bodies: list[Body]) -> dict[str, int]:

    counted: collections.Counter[str] = collections.Counter()
    for body in bodies:
        request = ExportTraceServiceRequest.FromString(gzip.decompress(body.data))
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                counted.update(span.trace_id.hex() for span in scope.spans)
    return dict(counted)


def _nodes_of(stack: Stack, trace: str) -> int:
    (run,) = ask(stack, f"/api/v1/runs?trace_id={trace}")["items"]
    listed = ask(stack, f"/api/v1/runs/{run['id']}/nodes?limit=1000")["items"]
    assert len({node["id"] for node in listed}) == len(listed)
    return run["counts"]["nodes"]
