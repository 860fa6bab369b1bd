"""Which session a run belongs to: many things in it may say so, in any order, and not all the same.

The rule: what the run itself states stands before what one of its nodes names; of several, the one that began first;
of those, the smallest id. So the claim that stands is a smallest one, whatever order they arrive in.
"""

from __future__ import annotations

from typing import NamedTuple

from traces.projection.states import RunState
from traces.projection.texts import fact

NEVER = 2**63
"""Later than any time: a claim without one stands last."""


class Claim(NamedTuple):
    """Something that names the run's session; the smallest claim stands."""

    is_of_a_node: bool
    at: int
    session: str


def claim_session(run: RunState, session: str | None, at: int | None, *, of_run: bool) -> None:
    """Fold a claim, of the run or of one of its nodes, that began `at` ns since 1970."""
    named = fact(session)
    if not named:
        return
    claim = Claim(not of_run, NEVER if at is None else at, named)
    if run.session_id is not None and _standing(run) <= claim:
        return
    run.session_id, run.session_ns, run.is_session_stated = named, at, of_run


def _standing(run: RunState) -> Claim:
    at = NEVER if run.session_ns is None else run.session_ns
    return Claim(not run.is_session_stated, at, run.session_id)
