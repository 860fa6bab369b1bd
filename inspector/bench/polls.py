"""Runners that only wait: long polls held open over plain sockets, to see what they cost and whom they delay."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inspector.bench.stack import Stack

WAIT_SECONDS = 30
TICKS_PER_SECOND = 100  # USER_HZ, of /proc/<pid>/stat
SPARE_DESCRIPTORS = 100


@contextmanager
def held_polls(stack: Stack, runs: list[str]) -> Iterator[None]:
    """Keep one poll open for each of these runs, each on a connection of its own, sent again when it is answered."""
    _allow_descriptors(len(runs))
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(stack, runs, stop))
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def cores_of(pids: list[int], seconds: float) -> float:
    """Return how many cores these processes took together, over so many seconds."""
    before, began = sum(map(_ticks, pids)), time.monotonic()
    time.sleep(seconds)
    return (sum(map(_ticks, pids)) - before) / TICKS_PER_SECOND / (time.monotonic() - began)


def children_of(pid: int, word: str) -> list[int]:
    """Return the processes below `pid` in whose command line the word stands."""
    below = _below(pid)
    return [
        each
        for each in below
        if word in Path(f"/proc/{each}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    ]


def _keep(stack: Stack, runs: list[str], stop: threading.Event) -> None:
    polls = {run: socket.create_connection((stack.host, stack.port)) for run in runs}
    for run, poll in polls.items():
        poll.sendall(_request(stack, run))
        poll.setblocking(False)
    while not stop.wait(1):
        for run, poll in polls.items():
            try:
                answered = poll.recv(65_536)
            except BlockingIOError:
                continue
            if answered:
                poll.sendall(_request(stack, run))
    for poll in polls.values():
        poll.close()


def _request(stack: Stack, run: str) -> bytes:
    # After more than a run ever had to tell: nothing but the time ends the wait.
    path = f"/v1/control/{run}?after={2**40}&wait={WAIT_SECONDS}"
    head = f"GET {path} HTTP/1.1\r\nHost: {stack.host}\r\nAuthorization: Bearer {stack.key}\r\n\r\n"
    return head.encode()


def _allow_descriptors(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + SPARE_DESCRIPTORS
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _below(pid: int) -> list[int]:
    found: list[int] = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *_below(int(child))]
    return found
