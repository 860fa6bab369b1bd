"""What two texts have in common, word by word. Pure, and bounded in time and in pieces, whatever the texts are.

Ratcliff and Obershelp's matching as Python's difflib has it, on words. Its time may grow with the square of the words
and worse, so no more than `WORDS_AT_MOST` of each text are compared, and the rest is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORDS_AT_MOST = 1_500
PIECES_AT_MOST = 400
WORD = re.compile(r"\S{1,200}\s{0,200}|\s{1,200}")
CHARS_AT_MOST = 40_000


class PieceKind(StrEnum):
    """Where a piece stands."""

    BOTH = "both"
    """In both texts, the words alike."""
    LEFT = "left"
    """In the left text alone."""
    RIGHT = "right"
    """In the right text alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row, with the space after them."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDiff:
    """Two texts in pieces, the words that stand in one alone, and the characters that were not compared."""

    left: list[Piece]
    right: list[Piece]
    left_words: int
    right_words: int
    left_rest: int
    right_rest: int

    @property
    def is_equal(self) -> bool:
        """Whether all of both texts was compared and no word differs."""
        return not (self.left_words or self.right_words or self.left_rest or self.right_rest)


@dataclass(frozen=True, slots=True)
class _Block:
    """Words `left` of the left text against words `right` of the right one, alike or not."""

    alike: bool
    left: slice
    right: slice


def diff_words(left: str, right: str) -> TextDiff:
    """Return how two texts differ; spaces and line ends do not count as a difference."""
    ours, theirs = _words(left), _words(right)
    blocks = _in_few(_blocks(ours, theirs))
    apart = [block for block in blocks if not block.alike]
    return TextDiff(
        left=_pieces(ours, [(block.alike, block.left) for block in blocks], PieceKind.LEFT),
        right=_pieces(theirs, [(block.alike, block.right) for block in blocks], PieceKind.RIGHT),
        left_words=sum(block.left.stop - block.left.start for block in apart),
        right_words=sum(block.right.stop - block.right.start for block in apart),
        left_rest=len(left) - sum(map(len, ours)),
        right_rest=len(right) - sum(map(len, theirs)),
    )


def _words(text: str) -> list[str]:
    return WORD.findall(text, 0, CHARS_AT_MOST)[:WORDS_AT_MOST]


def _blocks(left: Sequence[str], right: Sequence[str]) -> list[_Block]:
    matcher = SequenceMatcher(
        None, [word.strip() for word in left], [word.strip() for word in right]
    )
    return [
        _Block(tag == "equal", slice(a, b), slice(c, d))
        for tag, a, b, c, d in matcher.get_opcodes()
    ]


def _in_few(blocks: list[_Block]) -> list[_Block]:
    """Return at most `PIECES_AT_MOST` blocks: short runs of words that are alike by chance go to their neighbours."""
    longest = 1
    while len(blocks) > PIECES_AT_MOST:
        united: list[_Block] = []
        for block in blocks:
            alike = block.alike and block.left.stop - block.left.start > longest
            if united and not alike and not united[-1].alike:
                before = united.pop()
                block = _Block(
                    False,
                    slice(before.left.start, block.left.stop),
                    slice(before.right.start, block.right.stop),
                )
            united.append(_Block(alike, block.left, block.right))
        blocks, longest = united, longest * 2
    return blocks


def _pieces(
    words: Sequence[str], parts: Sequence[tuple[bool, slice]], alone: PieceKind
) -> list[Piece]:
    return [
        Piece(PieceKind.BOTH if alike else alone, "".join(words[part]))
        for alike, part in parts
        if part.start < part.stop
    ]
