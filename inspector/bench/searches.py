"""A tree search of any size as native events: what a beam of seven would report, three quarters thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

WIDTH = 7
BEGAN_NS = 1_763_900_000_000_000_000
STEP_NS = 1_000_000
REASONS = ("pruned_low_value", "dominated", "dead_end", "duplicate")
JUDGED_EACH = 10


def make_search(run: str, nodes: int) -> Iterator[dict[str, Any]]:
    """Return the events of a run of so many nodes, parents first; each tenth is judged."""
    yield _event(
        run, "run.started", 0, key="started", name=f"search of {nodes} nodes", strategy="beam"
    )
    for number in range(nodes):
        yield _node(run, number)
        if number:
            yield _fate(run, number)
        if number % JUDGED_EACH == 0:
            yield _verdict(run, number)
    yield _event(run, "run.ended", nodes, key="ended", state="completed", answer="the best of them")


def _node(run: str, number: int) -> dict[str, Any]:
    return _event(
        run,
        "node.observed",
        number,
        key=f"n{number}",
        node=f"n{number}",
        node_kind="expansion",
        name=f"step {number}",
        text=f"candidate {number} of the search, word{number % 97}",
        status="ok",
        started_at=str(BEGAN_NS + number * STEP_NS),
        ended_at=str(BEGAN_NS + (number + 1) * STEP_NS),
        usage={"input": 812, "output": 96},
        cost={"amount": "0.00012", "currency": "USD", "provenance": "reported"},
        **({"parent": f"n{(number - 1) // WIDTH}"} if number else {}),
    )


def _fate(run: str, number: int) -> dict[str, Any]:
    if number % 4 == 0:
        return _event(run, "fate.decided", number, key=f"f{number}", node=f"n{number}", fate="kept")
    return _event(
        run,
        "fate.decided",
        number,
        key=f"f{number}",
        node=f"n{number}",
        fate="discarded",
        reason=REASONS[number % len(REASONS)],
        by="beam",
        value=(number * 37 % 1000) / 1000,
    )


def _verdict(run: str, number: int) -> dict[str, Any]:
    return _event(
        run,
        "verdict.given",
        number,
        key=f"v{number}",
        node=f"n{number}",
        verifier="checker@1",
        outcome="accept" if number % 20 else "reject",
    )


def _event(run: str, kind: str, number: int, **facts: Any) -> dict[str, Any]:
    return {"kind": kind, "run": run, "at": str(BEGAN_NS + number * STEP_NS), **facts}
