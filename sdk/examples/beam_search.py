"""The game of 24 by beam search: keep the few states that look best, throw the others away.

The heuristic is short-sighted, so the beam does throw away states from which 24 could have been
reached. An exhaustive search afterwards finds out which, and says so.

    python sdk/examples/beam_search.py --numbers 1,2,4,7
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import mean

import deliberation as dl
from stage import Stage, announce, parser_of, perform
from twenty_four import (
    CLOSENESS,
    Move,
    State,
    closeness,
    deal,
    expression_of,
    is_solvable,
    moves,
    puzzle,
    show,
    start,
    task_of,
    values_of,
    verify,
)

BEAM = 5
STEPS = 3
RULE = "accepted, highest mean value on its way"
BUDGET = dl.Budget(depth=STEPS, seconds=3600, soft={"seconds": 600})


@dataclass(slots=True, kw_only=True)
class Opened:
    """A state that was opened, its node, and what the heuristic thought of it and of those above."""

    state: State
    node: dl.Node
    values: tuple[float, ...] = ()
    rank: int = 1
    cutoff: float = 0.0

    @property
    def value(self) -> float:
        """The heuristic's value of the state itself."""
        return self.values[-1]

    @property
    def mean(self) -> float:
        """The mean of the values on the way here."""
        return mean(self.values)


def play(stage: Stage, numbers: tuple[int, ...] = ()) -> dl.Run:
    """Play one puzzle, by default one that the seed deals."""
    numbers = numbers or deal(stage.chance("deal"))
    with dl.run(
        task_of(numbers),
        strategy="beam",
        name=f"Game of 24 by beam search: {show(numbers)}",
        params={"beam": BEAM, "numbers": numbers, "heuristic": CLOSENESS, "seed": stage.seed},
        budget=BUDGET,
        tags=["example"],
        seed=stage.seed,
        **stage.names,
    ) as run:
        announce(run)
        BeamSearch(run, stage, numbers).search()
    return run


class BeamSearch:
    """One search, told to a run as it goes."""

    def __init__(self, run: dl.Run, stage: Stage, numbers: tuple[int, ...]) -> None:
        self.run = run
        self.stage = stage
        self.numbers = numbers
        self.pruned: list[Opened] = []

    def search(self) -> None:
        """Search level by level, have the calculator judge what is left, and own up."""
        with self.run.node("expansion", text=f"left: {show(self.numbers)}", depth=0) as root:
            beam = [Opened(state=start(self.numbers), node=root)]
        for depth in range(1, STEPS + 1):
            beam = self.cut(self.expand(beam, depth))
        self.choose([leaf for leaf in beam if self.is_answer(leaf)])
        self.own_up()

    def expand(self, beam: list[Opened], depth: int) -> list[Opened]:
        """Open each state that follows; what is there already is thrown away."""
        opened: dict[tuple[object, ...], Opened] = {}
        for above in beam:
            parent, steps = above.node, list(moves(above.state))
            for move, value in zip(steps, self.look_at(steps, parent), strict=True):
                with self.run.node("expansion", text=move.text, parent=parent, depth=depth) as node:
                    self.stage.pause(self.run)
                    node.score(value, scale=(0, 1), scorer=CLOSENESS)
                if values_of(move.after) in opened:
                    node.discard("duplicate", by="beam")
                    continue
                values = (*above.values, value)
                opened[values_of(move.after)] = Opened(state=move.after, node=node, values=values)
        return list(opened.values())

    def look_at(self, steps: list[Move], parent: dl.Node) -> list[float]:
        """Ask the heuristic what it thinks of each step. It stands where yours may ask a model."""
        asked = self.run.verifier(CLOSENESS, [move.text for move in steps], parent=parent)
        values: list[float] = asked.perform(lambda _: [closeness(move.after) for move in steps])
        return values

    def cut(self, opened: list[Opened]) -> list[Opened]:
        """Keep the best, and say of each on which numbers it was kept or pruned."""
        ranked = sorted(opened, key=lambda each: -each.value)  # stable: ties keep their order
        width = self.run.setting("width", BEAM)
        cutoff = ranked[:width][-1].value
        for rank, each in enumerate(ranked, start=1):
            each.rank, each.cutoff = rank, cutoff
            each.node.score(rank=rank, scorer=CLOSENESS)
            if rank <= width:
                each.node.keep(by="beam", value=each.value, cutoff=cutoff, rank=rank)
            else:
                self.prune(each)
        self.pruned += ranked[width:]
        return ranked[:width]

    def prune(self, each: Opened, *, wrongly: bool | None = None) -> None:
        """Throw a state away."""
        each.node.discard(
            "pruned_low_value",
            by="beam",
            value=each.value,
            cutoff=each.cutoff,
            rank=each.rank,
            wrongly=wrongly,
        )

    def is_answer(self, leaf: Opened) -> bool:
        """Put a whole expression forward and have it verified."""
        is_right = verify(leaf.node, leaf.state, self.numbers)
        ((value, _),) = leaf.state
        leaf.node.candidate(
            answer=expression_of(leaf.state),
            normalised=str(value),
            normaliser="exact value@1",
            cluster=str(value),
            correct=is_right,
        )
        return is_right

    def choose(self, accepted: list[Opened]) -> None:
        """Return the accepted one whose way looked best to the heuristic all along."""
        if not accepted:
            self.run.finish(stop_reason="no candidate passed")
            return
        best, *others = sorted(accepted, key=lambda each: -each.mean)
        for rank, each in enumerate((best, *others), start=1):
            each.node.score(each.mean, rank=rank, scale=(0, 1), scorer=RULE)
        for other in others:
            other.node.discard("not_selected", by=RULE, value=other.mean, cutoff=best.mean)
        self.run.select(
            best.node,
            rule=RULE,
            margin=best.mean - others[0].mean if others else None,
            margin_unit="mean value",
            runner_up=others[0].node if others else None,
        )
        self.run.finish(selected=best.node)

    def own_up(self) -> None:
        """Say of each pruned state from which 24 could be reached that it was wrongly discarded."""
        for each in self.pruned:
            if is_solvable(values_of(each.state)):
                self.prune(each, wrongly=True)


@dl.entry_point(version="1", sources=("arithmetic", "stage", "twenty_four"))
def solve(*, seed: int = 1, pace: float = 0.0, numbers: Sequence[int] = ()) -> None:
    """Play once, so that the run can be replayed."""
    play(Stage.set(seed=seed, pace=pace), tuple(numbers))


if __name__ == "__main__":
    parser = parser_of(__doc__)
    parser.add_argument("--numbers", type=puzzle, default=(), help="such as 1,2,4,7; else dealt")
    options = parser.parse_args()
    perform(partial(solve, numbers=options.numbers), options)
