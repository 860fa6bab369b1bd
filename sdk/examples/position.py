"""A position in the tree of a Monte-Carlo search, and what the search has learnt of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import deliberation as dl
from twenty_four import Move, State, closeness, moves

EXPLORATION = math.sqrt(2)


class Position:
    """A state in the tree, and what the search has learnt of it."""

    def __init__(self, state: State, node: dl.Node, above: Position | None = None) -> None:
        self.state = state
        self.node = node
        self.above = above
        self.below: list[Position] = []
        self.untried = moves_with_priors(state)
        self.visits = 0
        self.wins = 0
        self.is_closed = False

    @property
    def value(self) -> float:
        """Q: the share of the simulations that came by and ended in 24."""
        return self.wins / self.visits

    @property
    def uct(self) -> float:
        """What the search goes down by."""
        assert self.above is not None
        return self.value + EXPLORATION * math.sqrt(math.log(self.above.visits) / self.visits)

    def way_up(self) -> Iterator[Position]:
        """Yield this position, and each above it up to the root."""
        yield self
        if self.above is not None:
            yield from self.above.way_up()

    def first_move(self) -> Position:
        """Return the position after the first move of the way here."""
        return list(self.way_up())[-2]


def moves_with_priors(state: State) -> list[tuple[float, Move]]:
    """Return the moves from a state, likeliest last: a prior is a share of the sum of closeness."""
    found = [(closeness(move.after), move) for move in moves(state)]
    whole = sum(each for each, _ in found)
    return sorted(((each / whole, move) for each, move in found), key=lambda pair: pair[0])
