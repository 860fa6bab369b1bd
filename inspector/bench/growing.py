"""A run that grows while people watch: two hundred events a second from one program, as the SDK sends them.

Two branches stand below its root. The first is a search whose every try is thrown away at once, so that a page folds
and counts them. The second, the last of the page, gets one child with each body, and ends the one before: those are
looked at.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import Any

from deliberation.ids import make_run_id
from inspector.bench.door import keep_posting
from inspector.bench.stack import Stack

BODIES_PER_SECOND = 10
TRIES_PER_BODY = 6
EVENTS_PER_BODY = 3 * TRIES_PER_BODY + 2


def name_of(number: int) -> str:
    """What the page must show of the body with this number."""
    return f"seen {number} of the bench"


@dataclass(slots=True)
class Growing:
    """A run, and when each of its bodies was about to be posted, by the clock on the wall."""

    run: str = field(default_factory=lambda: str(make_run_id(time.time_ns(), os.urandom)))
    posted_at: list[float] = field(default_factory=list)

    def begin(self, stack: Stack) -> None:
        """Post the run with its two branches."""
        began = [
            self._event("run.started", name="a run that fifty people watch"),
            self._started("root", "agent", name="the program"),
            self._started("search", "agent", name="a search", parent="root"),
            self._started("seen", "agent", name="what is looked at", parent="root"),
        ]
        keep_posting(stack, [began])

    def grow(self, stack: Stack, seconds: float) -> None:
        """Post bodies at their times; one that is late is posted at once."""
        keep_posting(stack, self._bodies(round(seconds * BODIES_PER_SECOND)))

    def _bodies(self, count: int) -> Any:
        began = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, began + number / BODIES_PER_SECOND - time.monotonic()))
            body = self._body(number)
            self.posted_at.append(time.time())
            yield body

    def _body(self, number: int) -> list[dict[str, Any]]:
        events = [self._started(f"seen{number}", "sample", name=name_of(number), parent="seen")]
        if number:
            events.append(self._ended(f"seen{number - 1}"))
        for number_of_try in range(number * TRIES_PER_BODY, (number + 1) * TRIES_PER_BODY):
            node = f"try{number_of_try}"
            events += [
                self._started(node, "expansion", name=f"try {number_of_try}", parent="search"),
                self._ended(node, text=f"what came of try {number_of_try}"),
                self._event("fate.decided", node=node, fate="discarded", reason="pruned_low_value"),
            ]
        return events

    def _started(self, node: str, kind: str, **facts: Any) -> dict[str, Any]:
        return self._event("node.started", node=node, node_kind=kind, **facts)

    def _ended(self, node: str, **facts: Any) -> dict[str, Any]:
        return self._event("node.ended", node=node, status="ok", **facts)

    def _event(self, kind: str, **facts: Any) -> dict[str, Any]:
        key = os.urandom(8).hex()
        return {"kind": kind, "run": self.run, "key": key, "at": str(time.time_ns()), **facts}
