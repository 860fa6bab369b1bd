"""Which scope the program is in: what a new node hangs under when nothing else is said.

Kept in a context variable, so it follows `async` tasks, and threads that run in a copied context
(`contextvars.copy_context().run`, `asyncio.to_thread`). In any other thread there is no current
scope: name the parent (`sample.node(…)` or `parent=`).
"""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deliberation.client.scope import Scope

CURRENT: ContextVar[Scope | None] = ContextVar("deliberation_current", default=None)


def current() -> Scope | None:
    """Return the innermost scope the program is in: a run, a node, a call; None outside."""
    return CURRENT.get()


def scopes_around() -> frozenset[Scope]:
    """Return the scopes that the program is in: the current one, and those it was entered within."""
    around: set[Scope] = set()
    scope = CURRENT.get()
    while scope is not None and scope not in around:
        around.add(scope)
        scope = scope.outside
    return frozenset(around)


def enter(scope: Scope) -> Token[Scope | None]:
    """Make a scope the current one."""
    return CURRENT.set(scope)


def leave(token: Token[Scope | None]) -> None:
    """Make the scope before it the current one again."""
    # Left in another context than it was entered in (a generator's, a fixture's): it has its own.
    with suppress(ValueError, RuntimeError):
        CURRENT.reset(token)
