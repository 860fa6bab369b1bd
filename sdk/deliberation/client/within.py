"""What a performed call does inside: its own affair, for a replay has its result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from deliberation.client.node import NodeScope

PERFORMED: ContextVar[tuple[NodeScope, ...]] = ContextVar("deliberation_performed", default=())


@contextmanager
def performed(call: NodeScope) -> Iterator[None]:
    """Within it, calls have no keys: a replay that has the result of this one makes none of them."""
    token = PERFORMED.set((*PERFORMED.get(), call))
    call.is_performing = True
    try:
        yield
    finally:
        call.is_performing = False
        PERFORMED.reset(token)


def is_within_performed(scope: NodeScope) -> bool:
    """Return True for what is begun inside a performed call of its run: there, or with it as a parent."""
    if any(each.run_id == scope.run_id for each in PERFORMED.get()):
        return True
    above = scope.parent
    while above is not None:
        if above.is_performing:
            return True
        above = above.parent
    return False


def is_performing(run: Any) -> bool:
    """Return True inside a performed call of a run."""
    return any(each.run_id == run for each in PERFORMED.get())
