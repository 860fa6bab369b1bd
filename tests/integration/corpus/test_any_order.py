"""The same bodies in any order, twice, and by two workers at once, come to the same runs."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.integration.corpus.replay import replay, told
from tests.unit.wire.recordings import CLIENTS, Recorded, recorded

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> list[Recorded]:
    return [body for client in CLIENTS for body in recorded(client)]


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Say what differs, one line each, so that a failure can be read."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(one.keys() | other.keys(), key=str)
        pairs = ((name, one.get(name), other.get(name)) for name in names)
        return [each for name, *both in pairs for each in differences(*both, f"{where} {name}")][
            :20
        ]
    return [] if one == other else [f"{where}: {one!r} / {other!r}"]


def test_the_order_of_39_recordings_changes_no_run() -> None:
    bodies = everything()
    in_order = told(replay("in-order", bodies))
    assert in_order
    assert differences(in_order, told(replay("reversed", bodies[::-1]))) == []
    assert differences(in_order, told(replay("doubled", bodies + bodies))) == []
    shuffled = bodies + bodies
    random.Random(3).shuffle(shuffled)
    assert differences(in_order, told(replay("shuffled", shuffled, by_two=True))) == []
