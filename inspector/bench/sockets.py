"""A socket as a browser holds it, for benches: the client's part of RFC 6455 that a page of a run needs.

Text in one frame, pings answered, close told.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Callable

from inspector.bench.stack import Stack

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FINAL, MASKED, LONG = 0x80, 0x80, 126
SIZES = {LONG: 2, 127: 8}
"""Bytes that a greater length takes, by what stands in the place of a small one."""


async def hear(
    stack: Stack, path: str, cookie: str, answer_to: Callable[[str], str]
) -> AsyncIterator[str]:
    """Yield each text that the server sends, answer it, and end when it hangs up. Raises RuntimeError when refused."""
    reader, writer = await asyncio.open_connection(stack.host, stack.port)
    try:
        writer.write(_greeting(stack, path, cookie))
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer.partition(b"\r\n")[0]:
            raise RuntimeError(f"{path} answered {answer[:100]!r}")
        while True:
            kind, told = await _read_frame(reader)
            if kind == CLOSE:
                return
            if kind == PING:
                writer.write(_frame(PONG, told))
            if kind == TEXT:
                text = told.decode()
                yield text
                writer.write(_frame(TEXT, answer_to(text).encode()))
    finally:
        writer.close()


def _greeting(stack: Stack, path: str, cookie: str) -> bytes:
    host = f"{stack.host}:{stack.port}"
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        f"Origin: http://{host}",
        f"Cookie: {cookie}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, length = await reader.readexactly(2)
    if length in SIZES:
        length = int.from_bytes(await reader.readexactly(SIZES[length]))
    return first & 0x0F, await reader.readexactly(length)


def _frame(kind: int, told: bytes) -> bytes:
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(told))
    size = len(told)
    length = [MASKED | size] if size < LONG else [MASKED | LONG, *size.to_bytes(SIZES[LONG])]
    return bytes([FINAL | kind, *length]) + mask + masked
