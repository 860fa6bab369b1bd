"""The game of 24 by Monte-Carlo tree search: try a move, play on at random, learn from the end.

Each iteration goes down the tree to where

    UCT = Q + c · √(ln N(parent) / N)

is greatest (Q: the share of simulations that came by and ended in 24; N: how many came by; c = √2;
Kocsis & Szepesvári 2006, with the constant of UCB1 from Auer et al. 2002), tries one more move
there, plays on at random to the end, and tells the result to every position on the path. A position
below which everything was tried is closed.

    python sdk/examples/mcts.py --seed 7 --iterations 100
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import deliberation as dl
from position import EXPLORATION, Position
from stage import Stage, announce, parser_of, perform
from twenty_four import (
    CLOSENESS,
    State,
    Values,
    deal,
    expression_of,
    moves,
    puzzle,
    show,
    start,
    task_of,
    values_of,
    verify,
)

ITERATIONS = 200
UCT = "uct@1"
RULE = "most visited first move"
BUDGET = dl.Budget(depth=3, seconds=4 * 3600, soft={"seconds": 1500})


class Answer(NamedTuple):
    """An expression that was accepted: its node, and the position that it was found from."""

    node: dl.Node
    found_from: Position

    @property
    def first_move(self) -> Position:
        """The position after the first move of the way there."""
        return self.found_from.first_move()

    @property
    def visits(self) -> int:
        """How many simulations began with the same move."""
        return self.first_move.visits


class TreeSearch:
    """One search, told to a run as it goes."""

    def __init__(self, run: dl.Run, stage: Stage, numbers: tuple[int, ...]) -> None:
        self.run = run
        self.stage = stage
        self.numbers = numbers
        self.known: dict[Values, Position] = {}
        self.answers: dict[str, Answer] = {}
        with run.node("expansion", text=f"left: {show(numbers)}", depth=0) as node:
            self.root = Position(start(numbers), node)

    def iterate(self, times: int) -> None:
        """Go round so often, or until everything was tried."""
        for _ in range(times):
            if self.root.is_closed:
                break
            above = self.descend()
            position = self.expand(above)
            if position is not None:
                self.back_up(position, self.simulate(position))
            self.close(position or above)
        self.let_go()

    def descend(self) -> Position:
        """Return the position that UCT leads to, the first that has a move left to try."""
        position = self.root
        while not position.untried:
            is_open = (each for each in position.below if not each.is_closed)
            position = max(is_open, key=lambda each: each.uct)
        return position

    def expand(self, above: Position) -> Position | None:
        """Open the likeliest move that is left; None when all of them lead to known positions."""
        depth = len(self.numbers) - len(above.state) + 1
        while above.untried:
            prior, move = above.untried.pop()
            with self.run.node("expansion", text=move.text, parent=above.node, depth=depth) as node:
                node.score(prior=prior, scorer=CLOSENESS)
                self.stage.pause(self.run)
            values = values_of(move.after)
            if values not in self.known:
                position = Position(move.after, node, above)
                above.below.append(position)
                if position.untried:  # whole expressions are worth having twice
                    self.known[values] = position
                return position
            node.discard("duplicate", by="transposition table")
        return None

    def simulate(self, position: Position) -> bool:
        """Play on at random until one number is left; return whether the calculator accepts."""
        state, node = position.state, position.node
        if position.untried:
            with self.run.node("rollout", parent=node) as node:
                # A stream for each ten of them: a fork may begin there, and have other chance from there on.
                chance = self.run.stream(f"simulations {self.root.visits // 10}")
                while len(state) > 1:
                    state = chance.choice(list(moves(state))).after
                node.finish(output=f"{expression_of(state)} = {state[0].value}")
                self.stage.pause(self.run)
        return self.is_answer(node, state, position)

    def is_answer(self, node: dl.Node, state: State, position: Position) -> bool:
        """Have a whole expression verified, and put it forward unless somebody did before."""
        if not verify(node, state, self.numbers):
            return False
        expression = expression_of(state)
        if expression in self.answers:
            node.discard("duplicate", by="answers so far")
        else:
            node.candidate(answer=expression, cluster=expression, correct=True)
            self.answers[expression] = Answer(node, position)
        return True

    def back_up(self, position: Position, is_win: bool) -> None:
        """Tell the result to every position on the path."""
        for each in position.way_up():
            each.visits += 1
            each.wins += is_win
            each.node.score(each.value, visits=each.visits, scale=(0, 1), scorer=UCT)

    def close(self, position: Position) -> None:
        """Close the positions on the way up below which nothing is left to try."""
        for each in position.way_up():
            if each.untried or not all(below.is_closed for below in each.below):
                return
            each.is_closed = True
            if each.below and not each.wins:
                each.node.discard("dead_end", by="exhaustion", value=each.value)

    def let_go(self) -> None:
        """Say of each position that was still open why it is not looked at any more."""
        for each in self.known.values():
            if each.wins:
                each.node.keep(by="iterations", value=each.value)
            elif not each.is_closed:
                each.node.discard("budget_exhausted", by="iterations", value=each.value)
        if not self.answers:
            self.run.finish(stop_reason="no simulation ended in 24")

    def choose(self) -> None:
        """Return the answer whose first move was visited most, if there is one."""
        if not self.answers:
            return
        best, *others = sorted(self.answers.values(), key=lambda each: -each.visits)
        rival = next((each for each in others if each.first_move is not best.first_move), None)
        for rank, each in enumerate((best, *others), start=1):
            each.node.score(each.visits, rank=rank, scale=(0, self.root.visits), scorer=RULE)
        for each in others:
            each.node.discard("not_selected", by=RULE, value=each.visits, cutoff=best.visits)
        self.run.select(
            best.node,
            rule=RULE,
            margin=best.visits - rival.visits if rival else None,
            margin_unit="visits",
            runner_up=rival.node if rival else None,
            tie_break="found first",
        )
        self.run.finish(selected=best.node)


def play(stage: Stage, numbers: tuple[int, ...] = (), iterations: int = ITERATIONS) -> dl.Run:
    """Search one puzzle, by default one that the seed deals."""
    numbers = numbers or deal(stage.chance("deal"))
    params = {"iterations": iterations, "numbers": numbers, "seed": stage.seed}
    with dl.run(
        task_of(numbers),
        strategy="mcts",
        name=f"Game of 24 by tree search: {show(numbers)}",
        budget=BUDGET,
        params={**params, "selection": UCT, "c": EXPLORATION, "prior": CLOSENESS},
        tags=["example"],
        seed=stage.seed,
        **stage.names,
    ) as run:
        announce(run)
        search = TreeSearch(run, stage, numbers)
        try:
            search.iterate(iterations)
        finally:
            search.choose()  # whoever stops it still gets the best that was found
    return run


@dl.entry_point(version="1", sources=("arithmetic", "position", "stage", "twenty_four"))
def solve(
    *, seed: int = 1, pace: float = 0.0, numbers: Sequence[int] = (), iterations: int = ITERATIONS
) -> None:
    """Play once, so that the run can be replayed."""
    play(Stage.set(seed=seed, pace=pace), tuple(numbers), iterations)


if __name__ == "__main__":
    parser = parser_of(__doc__)
    parser.add_argument("--numbers", type=puzzle, default=(), help="such as 1,2,4,7; else dealt")
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    options = parser.parse_args()
    perform(partial(solve, numbers=options.numbers, iterations=options.iterations), options)
