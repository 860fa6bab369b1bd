"""Which node an event speaks of."""

from __future__ import annotations

from deliberation.events import EdgeDrawn, Event


def node_named(event: Event) -> str | None:
    """Return the id of the node that an event speaks of: of a relation, the one that it is drawn from."""
    if isinstance(event, EdgeDrawn):
        return event.source
    found = (getattr(event, name, None) for name in ("node", "on_node"))
    return next((each for each in found if each), None)
