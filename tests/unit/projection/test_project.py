"""The projector knows every word of the vocabulary."""

from __future__ import annotations

from deliberation.events import EVENT_CLASSES
from traces.projection.project import APPLY


def test_every_kind_of_event_is_projected() -> None:
    assert set(APPLY) == set(EVENT_CLASSES)
