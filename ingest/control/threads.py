"""Threads for what the control door does through the ORM: short, and apart from the threads that read bodies.

A poll must not wait for a body of 64 MB that is being inflated. Each call borrows a connection from the process's pool
and gives it back.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

THREADS = 8

P = ParamSpec("P")
T = TypeVar("T")

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="control")


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what the function returns, run in a thread that may use the ORM."""
    call = functools.partial(_with_connection, functools.partial(function, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


def _with_connection(call: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return call()
    finally:
        connections.close_all()
