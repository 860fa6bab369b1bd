"""What an example reported, by kind."""

from __future__ import annotations

from typing import Any

from deliberation.events import Event


def of(events: list[Event], kind: str) -> list[Any]:
    return [event for event in events if kind == event.KIND]


def reasons(events: list[Event]) -> list[str]:
    return [fate.reason.value for fate in of(events, "fate.decided") if fate.reason]
