"""Two texts compared word by word: what is said is true, and it comes in bounded time and pieces."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.word_diff import PIECES_AT_MOST, WORDS_AT_MOST, PieceKind, diff_words

WORDS = st.lists(st.sampled_from(["a", "b", "the", "24", "\n", "  x"]), max_size=60).map(" ".join)
SECONDS = 5
"""For the worst of the texts below: half a second on a machine that does nothing else."""


def test_it_works() -> None:
    diff = diff_words("4 + 4 is 8,\nso 8", "4 + 5 is 9,\nso 9")
    assert [(piece.kind.value, piece.text) for piece in diff.left] == [
        ("both", "4 + "),
        ("left", "4 "),
        ("both", "is "),
        ("left", "8,\n"),
        ("both", "so "),
        ("left", "8"),
    ]
    assert (diff.left_words, diff.right_words, diff.is_equal) == (3, 3, False)


def test_spaces_alone_are_no_difference() -> None:
    assert diff_words("one  two", "one\ntwo").is_equal


@given(WORDS, WORDS)
def test_the_pieces_of_a_side_are_its_text_and_the_common_words_are_the_same(
    left: str, right: str
) -> None:
    diff = diff_words(left, right)
    assert "".join(piece.text for piece in diff.left) == left
    assert "".join(piece.text for piece in diff.right) == right
    common = [
        [piece.text.split() for piece in side if piece.kind is PieceKind.BOTH]
        for side in (diff.left, diff.right)
    ]
    assert common[0] == common[1]


@given(WORDS, WORDS)
def test_turned_round_it_says_the_same_of_the_other_side(left: str, right: str) -> None:
    assert diff_words(left, right).is_equal == diff_words(right, left).is_equal


NUMBERED = range(20_000)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a " * 50_000, "a " * 49_999 + "b"),
        ("q" * 1_000_000, "q" * 999_999 + "r"),
        (" " * 1_000_000, "\n" * 1_000_000),
        (" ".join(f"x{n} c{n}" for n in NUMBERED), " ".join(f"y{n} c{n}" for n in NUMBERED)),
        (" ".join(str(n % 101) for n in NUMBERED), " ".join(str(n * 7 % 101) for n in NUMBERED)),
    ],
)
def test_no_text_takes_long_or_comes_in_very_many_pieces(left: str, right: str) -> None:
    begun = time.process_time()
    diff = diff_words(left, right)
    assert time.process_time() - begun < SECONDS
    assert len(diff.left) <= PIECES_AT_MOST
    assert len(diff.right) <= PIECES_AT_MOST
    assert diff.left_words <= WORDS_AT_MOST


def test_what_was_not_compared_is_counted_and_is_not_called_equal() -> None:
    diff = diff_words("same " * 5_000, "same " * 5_000)
    assert (diff.left_words, diff.left_rest) == (0, 5 * (5_000 - WORDS_AT_MOST))
    assert not diff.is_equal
