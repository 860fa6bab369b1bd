"""A body over the bound is refused while it arrives, announced or not."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.integration.local.instances import free_port

BOUND = 2**20
TREE = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def door() -> Iterator[int]:
    """The port of a door with a small bound."""
    port = free_port()
    script = Path(__file__).with_name("small_door.py")
    process = subprocess.Popen([sys.executable, script, str(port)], env={"PYTHONPATH": str(TREE)})
    try:
        await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def await_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the door did not open")


def post(
    port: int, body: object, headers: dict[str, str], address: str = "/v1/traces"
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        chunked = "Transfer-Encoding" in headers
        connection.request("POST", address, body, headers, encode_chunked=chunked)  # type: ignore[arg-type]
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


CHUNKED = {"Transfer-Encoding": "chunked"}


def test_it_works(door: int) -> None:
    assert post(door, b"x" * BOUND, {}) == (200, str(BOUND).encode())


def test_files_for_an_import_may_be_larger_and_are_bounded_too(door: int) -> None:
    address = "/api/v1/bundles/import?project=a"
    assert post(door, b"x" * 2 * BOUND, {}, address) == (200, str(2 * BOUND).encode())
    assert post(door, iter([b"x" * 1_500_000]), CHUNKED, address) == (200, b"1500000")
    with socket.create_connection(("127.0.0.1", door), 60) as client:
        length = 2 * BOUND + 1
        client.sendall(f"POST {address} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"raise UPLOAD_MB" in answer


def test_a_chunked_body_is_handed_over_whole(door: int) -> None:
    assert post(door, iter([b"abc", b"x" * 200_000, b"d"]), CHUNKED) == (200, b"200004")


def test_an_announced_body_over_the_bound_is_refused_before_it_is_sent(door: int) -> None:
    with socket.create_connection(("127.0.0.1", door), 60) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n")
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 413 ")
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert problem["status"] == 413
    assert problem["detail"] == problem["message"]


def test_an_endless_chunked_body_is_refused_while_it_arrives(door: int) -> None:
    sent, started = 0, time.monotonic()
    with socket.create_connection(("127.0.0.1", door), 60) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        with pytest.raises(OSError):  # noqa: PT012 - it may be any of them
            for sent in count(0, 65536):  # noqa: B007 - read after the loop
                client.sendall(chunk)
    assert sent >= BOUND
    assert time.monotonic() - started < 60


def test_a_client_that_watches_reads_why(door: int) -> None:
    """It sends a little too much, then reads: the answer is there, though it was not finished."""
    with socket.create_connection(("127.0.0.1", door), 60) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(20):
            client.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        assert read_all(client).startswith(b"HTTP/1.1 413 ")


def test_a_refusal_leaves_the_door_open_for_others(door: int) -> None:
    assert post(door, b"x" * 10, {}) == (200, b"10")


def test_a_slow_sender_of_an_allowed_body_is_heard(door: int) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(5):
            time.sleep(0.05)
            yield b"12345"

    assert post(door, slowly(), CHUNKED) == (200, b"25")


def read_all(client: socket.socket) -> bytes:
    answer = b""
    while piece := client.recv(65536):
        answer += piece
    return answer
