"""What the parts of one page all ask for, looked up once: who is there, and the row of the run.

A run's page is put together by a dozen queries, and each checks by itself that its asker may see the run. Within
`one_look` they are given what the first of them found: a third of the page's time, and a page whose parts agree.

Guarantee: outside of `one_look` everything is looked up each time. It is for what only reads: whoever decides under a
lock must see what is so by then.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

Found = TypeVar("Found")
_found: ContextVar[dict[Hashable, object] | None] = ContextVar("found", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Look up nothing twice until the end of the block."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def look_up(key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what was found under `key` in this look, or finds it."""
    found = _found.get()
    if found is None:
        return find()
    if key not in found:
        found[key] = find()
    return cast("Found", found[key])
