"""Common subsequences: as long as any, in bounded time, and always common."""

from __future__ import annotations

import random
import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.subsequence import common_order

KEYS = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=14)
SECONDS = 5
"""For the worst of the lists below; half a second on a machine that does nothing else."""


def longest(left: list[str | None], right: list[str | None]) -> int:
    """The length of a longest common subsequence, by the textbook's table."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for a, ours in enumerate(left):
        for b, theirs in enumerate(right):
            is_pair = ours == theirs and ours is not None
            table[a + 1][b + 1] = (
                table[a][b] + 1 if is_pair else max(table[a][b + 1], table[a + 1][b])
            )
    return table[-1][-1]


def test_it_works() -> None:
    found = common_order("abcbdab", "bdcaba")
    assert len(found.pairs) == 4
    assert found.is_longest


@given(KEYS, KEYS)
def test_no_common_subsequence_is_longer(left: list[str | None], right: list[str | None]) -> None:
    found = common_order(left, right)
    assert len(found.pairs) == longest(left, right)


@given(KEYS, KEYS, st.integers(0, 20))
def test_pairs_are_equal_and_rise_on_both_sides_also_where_little_is_allowed(
    left: list[str | None], right: list[str | None], allowed: int
) -> None:
    found = common_order(left, right, allowed=allowed)
    assert all(left[a] == right[b] is not None for a, b in found.pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(found.pairs))
    assert found.weighed <= allowed


@given(KEYS)
def test_a_list_is_all_that_it_has_in_common_with_itself(keys: list[str | None]) -> None:
    known = [at for at, key in enumerate(keys) if key is not None]
    assert common_order(keys, keys).pairs == [(at, at) for at in known]


def test_the_worst_lists_take_seconds_at_most_and_say_so() -> None:
    random.seed(1)
    many, shuffled = list(range(20_000)), random.sample(range(20_000), 20_000)
    few = [random.choice("ab") for _ in range(20_000)]
    begun = time.process_time()
    assert common_order(many, shuffled).is_longest
    assert len(common_order([-1, *many, -2], [-3, *many, -4]).pairs) == 20_000
    found = common_order(["x", *few], ["y", *few[::-1]])
    assert time.process_time() - begun < SECONDS
    assert not found.is_longest
    assert found.pairs
