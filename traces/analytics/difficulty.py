"""How difficult a question is: by how often it is solved. Pure.

Snell et al. 2024 (arXiv 2408.03314), section 3.2, bin questions by the share of samples that solve them, and call it
the oracle's difficulty, because it takes the outcomes to know it. They cut at fifths of the questions; here the cuts
are fixed shares, so that a bin means the same whatever else is looked at. Bins are made of the outcomes that are then
compared within them: a rule that was lucky with a question finds it in an easier bin.
"""

from __future__ import annotations

from enum import Enum


class Difficulty(Enum):
    """A bin: its number, and from which share of right answers on it reaches to the next one's."""

    HARDEST = (1, 0.0)
    """Less than a fifth right."""
    HARD = (2, 0.2)
    """A fifth to less than two."""
    MIDDLE = (3, 0.4)
    """Two fifths to less than three."""
    EASY = (4, 0.6)
    """Three fifths to less than four."""
    EASIEST = (5, 0.8)
    """Four fifths and more."""

    @property
    def number(self) -> int:
        """From 1, the hardest, to 5."""
        return self.value[0]

    @property
    def least(self) -> float:
        """The share from which on a question belongs here."""
        return self.value[1]


def difficulty_of(right: float, of: float) -> Difficulty | None:
    """Return the bin of a question of which so many answers are right, None of nothing."""
    if not of:
        return None
    share = right / of
    # As whole fifths: 0.6 is not 3 × 0.2 in binary.
    return list(Difficulty)[min(4, int(share * 5 + 1e-9))]
