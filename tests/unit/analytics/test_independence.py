"""How near a judge stands is told by names and makers, and never farther than is known."""

from __future__ import annotations

import pytest

from deliberation.vocabulary import Independence
from traces.analytics.independence import Called, distance, nearest

GPT, MINI = Called("gpt-4o", "openai"), Called("openai/gpt-4o-mini-2024-07-18", "openai")
CLAUDE, O3 = Called("claude-opus-4-1", "anthropic"), Called("o3", "openai")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (GPT, GPT, Independence.SAME_MODEL),
        (MINI, Called("gpt-4o-mini", None), Independence.SAME_MODEL),
        (Called("claude-opus-4-1@20250805", None), CLAUDE, Independence.SAME_MODEL),
        (GPT, MINI, Independence.SAME_FAMILY),
        (GPT, O3, Independence.SAME_FAMILY),
        (GPT, CLAUDE, Independence.OTHER_MODEL),
        (Called("o3", None), CLAUDE, None),
    ],
)
def test_it_works(one: Called, other: Called, expected: Independence | None) -> None:
    assert distance(one, other) is expected
    assert distance(other, one) is expected


def test_of_several_the_nearest_counts() -> None:
    assert nearest({GPT, CLAUDE}, {CLAUDE, O3}) is Independence.SAME_MODEL
    assert nearest({CLAUDE}, {GPT}) is Independence.OTHER_MODEL
    assert nearest(set(), {GPT}) is None
    assert nearest({GPT}, set()) is None
