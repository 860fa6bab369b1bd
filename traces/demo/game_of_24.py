"""The game of 24 by beam search: make 24 of four numbers, using each once.

The beam keeps the five states that look best to a short-sighted heuristic, so it does throw away
states from which 24 could have been reached. An exhaustive search afterwards finds out which.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from deliberation.client import Node, Run
from traces.demo.calculator import NAME as CALCULATOR
from traces.demo.calculator import evaluate
from traces.demo.stage import Stage

BEAM = 5
TARGET = Fraction(24)
HEURISTIC = "closeness@1"

Term = tuple[Fraction, str]
State = tuple[Term, ...]


def run_game_of_24(stage: Stage, numbers: tuple[int, ...]) -> Run:
    """Play one puzzle; return its run, ended."""
    shown = " ".join(map(str, numbers))
    task = f"Use {shown} once each, with + - * / and brackets, to make 24."
    params = {"beam": BEAM, "numbers": numbers, "heuristic": HEURISTIC}
    with stage.run(
        f"game of 24: {shown}", task, strategy="beam", name=f"Game of 24: {shown}", params=params
    ) as run:
        search = Search(run, numbers)
        search.play()
        search.judge_the_pruning()
    return run


class Search:
    """One beam search, told to a run as it goes."""

    def __init__(self, run: Run, numbers: tuple[int, ...]) -> None:
        self.run = run
        self.numbers = sorted(numbers)
        self.start: State = tuple((Fraction(number), str(number)) for number in numbers)
        self.pruned: list[tuple[Node, State, float, float]] = []

    def play(self) -> None:
        """Search level by level, then let the calculator judge what is left."""
        beam: list[tuple[Node | None, State]] = [(None, self.start)]
        for depth in range(1, len(self.start)):
            beam = self._cut(self._expand(beam, depth))
        accepted = [node for node, state in beam if node is not None and self._verify(node, state)]
        if not accepted:
            self.run.finish(stop_reason="no candidate passed")
            return
        best, *others = accepted
        for node in others:
            node.discard("not_selected", by="first accepted")
        self.run.select(best, rule="first accepted", runner_up=others[0] if others else None)
        self.run.finish(selected=best)

    def judge_the_pruning(self) -> None:
        """Say of each pruned state from which 24 could be reached that it was wrongly discarded."""
        for node, state, value, cutoff in self.pruned:
            if is_solvable(state):
                node.discard(
                    "pruned_low_value", by="beam", value=value, cutoff=cutoff, wrongly=True
                )

    def _expand(
        self, beam: list[tuple[Node | None, State]], depth: int
    ) -> list[tuple[Node, State, float]]:
        seen: set[tuple[Fraction, ...]] = set()
        opened: list[tuple[Node, State, float]] = []
        for parent, state in beam:
            for step, child in moves(state):
                with self.run.node("expansion", text=step, parent=parent, depth=depth) as node:
                    value = closeness(child)
                    node.score(value=value, scale=(0, 1), scorer=HEURISTIC)
                identity = tuple(sorted(number for number, _ in child))
                if identity in seen:
                    node.discard("duplicate", by="beam")
                    continue
                seen.add(identity)
                opened.append((node, child, value))
        return opened

    def _cut(self, opened: list[tuple[Node, State, float]]) -> list[tuple[Node | None, State]]:
        ranked = sorted(opened, key=lambda each: -each[2])  # stable: ties keep their order
        cutoff = ranked[min(BEAM, len(ranked)) - 1][2]
        for rank, (node, state, value) in enumerate(ranked, start=1):
            if rank <= BEAM:
                node.keep(by="beam", value=value, cutoff=cutoff, rank=rank)
                continue
            node.discard("pruned_low_value", by="beam", value=value, cutoff=cutoff, rank=rank)
            self.pruned.append((node, state, value, cutoff))
        return [(node, state) for node, state, _ in ranked[:BEAM]]

    def _verify(self, node: Node, state: State) -> bool:
        ((_, expression),) = state
        value, used = evaluate(expression)
        is_right = value == TARGET and used == self.numbers
        node.candidate(
            answer=expression,
            normalised=str(value),
            normaliser="exact value@1",
            cluster=str(value),
            correct=is_right,
        )
        verdict = node.verdict(
            "calculator",
            outcome="accept" if is_right else "reject",
            verifier=CALCULATOR,
            independence="deterministic",
            saw_reference=False,
            rationale=f"{expression} = {value}, of the numbers {used}",
        )
        if not is_right:
            node.discard("verifier_rejected", by=CALCULATOR, verdict=verdict)
        return is_right


def moves(state: State) -> Iterator[tuple[str, State]]:
    """Yield each step from a state, in words, and the state after it."""
    for (i, one), (j, other) in combinations(enumerate(state), 2):
        rest = tuple(term for k, term in enumerate(state) if k not in (i, j))
        for value, expression, step in results(one, other):
            after = (*rest, (value, expression))
            left = " ".join(str(number) for number, _ in after)
            yield f"{step} = {value} (left: {left})", after


def results(one: Term, other: Term) -> Iterator[tuple[Fraction, str, str]]:
    """Yield value, expression and step for each way to combine two numbers."""
    (a, left), (b, right) = one, other
    yield a + b, f"({left} + {right})", f"{a} + {b}"
    yield a - b, f"({left} - {right})", f"{a} - {b}"
    yield b - a, f"({right} - {left})", f"{b} - {a}"
    yield a * b, f"({left} * {right})", f"{a} * {b}"
    if b:
        yield a / b, f"({left} / {right})", f"{a} / {b}"
    if a:
        yield b / a, f"({right} / {left})", f"{b} / {a}"


def closeness(state: State) -> float:
    """Return 1 / (1 + d).

    D is how close to 24 any one number, or any two of them combined, come.
    """
    reached = [number for number, _ in state]
    reached += [
        value for one, other in combinations(state, 2) for value, _, _ in results(one, other)
    ]
    return float(1 / (1 + min(abs(TARGET - value) for value in reached)))


def is_solvable(state: State) -> bool:
    """Return whether 24 can be reached from a state, by trying everything."""
    if len(state) == 1:
        return state[0][0] == TARGET
    return any(is_solvable(after) for _, after in moves(state))
