"""How long something lasts is read as it is written."""

from __future__ import annotations

import pytest

from traces.templatetags.policy_words import lasting
from traces.views.lasting import read_lasting


@pytest.mark.parametrize("seconds", [1, 45, 60, 90, 3_600, 5_400, 86_399, 86_400, 2_592_000])
def test_what_is_written_is_read_without_loss(seconds: int) -> None:
    assert read_lasting(lasting(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1 h 30 min", 5_400), ("90s", 90), ("2d", 172_800), ("0 s", 0), (" 5  min ", 300)],
)
def test_people_type_it_in_several_ways(text: str, seconds: int) -> None:
    assert read_lasting(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "soon", "30", "-1 h", "1.5 h", "1 month", "1 h or so", "9" * 8 + " s"]
)
def test_what_says_no_time_is_none(text: str) -> None:
    assert read_lasting(text) is None
