"""Best of N with a noisy verifier: draw samples, score each, return the one with the best score.

The solver slips, and so does the verifier: how often it lets a wrong answer pass, and how often it
rejects a right one, is known, so that what the inspector says of it can be checked. Beside it the
samples vote (self-consistency), which decides nothing here. Solver and verifier are simulated, and
say so: their words are counted as tokens, and the money is an estimate that nobody is charged.

    python sdk/examples/best_of_n.py --seed 3 --samples 16

With fewer calls than it needs it ends at that limit, and not above, with the best that it has by then:

    python sdk/examples/best_of_n.py --seed 5 --calls 20
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import deliberation as dl
from arithmetic import CALCULATOR, evaluate
from stage import Stage, announce, parser_of, perform
from tired_solver import LOST, SLIP, TiredSolver, last_integer

SAMPLES = 16
SOLVER, JUDGE = "simulated-solver", "simulated-judge"
VERIFIER = "noisy-judge@1"
NORMALISER = "last integer@1"
RULE = "highest score among the accepted"
FALSE_ACCEPTS = 0.15
"""The share of wrong answers that the judge accepts."""
FALSE_REJECTS = 0.10
"""The share of right answers that it rejects."""
THRESHOLD = 0.5
TARIFF = {"input": Decimal("0.50"), "output": Decimal("2.00")}
"""What a model might ask for a million tokens, in US dollars."""
DOLLARS_A_SAMPLE = Decimal("0.00015")
"""More than a sample and its judgement cost."""


@dataclass(slots=True, kw_only=True)
class Sample:
    """One attempt, and what was found out about it."""

    node: dl.Node
    answer: str | None
    is_right: bool
    score: float = 0.0
    verdict: dl.Verdict | None = None


def play(stage: Stage, samples: int = SAMPLES, calls: int | None = None) -> dl.Run:
    """Solve the problem that the seed sets; with so many calls, by default as many as it takes."""
    chance = stage.chance("problem")
    problem = (chance.randint(101, 999), chance.randint(101, 999), chance.randint(1001, 9999))
    params = {"samples": samples, "seed": stage.seed, "slip": SLIP, "lost": LOST}
    with dl.run(
        question_of(problem),
        strategy="best_of_n",
        name=f"Best of {samples}{f' in {calls} calls' if calls else ''}: {expression_of(problem)}",
        models=[SOLVER, JUDGE],
        params={**params, "false_accepts": FALSE_ACCEPTS, "false_rejects": FALSE_REJECTS},
        budget=budget_of(samples, calls or 2 * samples),
        tags=["example"],
        seed=stage.seed,
        **stage.names,
    ) as run:
        announce(run)
        BestOfN(run, stage, problem).search(samples)
    return run


class BestOfN:
    """One search, told to a run as it goes."""

    def __init__(self, run: dl.Run, stage: Stage, problem: tuple[int, int, int]) -> None:
        self.run = run
        self.stage = stage
        self.problem = problem
        self.exact = str(evaluate(expression_of(problem)).value)

    def search(self, times: int) -> None:
        """Draw and judge so many samples, let them vote, and return the best."""
        samples: list[Sample] = []
        try:
            while len(samples) < self.run.setting("n", times):
                rank = len(samples)
                samples.append(self.draw(rank))
                self.look_at(samples[-1], rank)
        except dl.LimitExceeded:
            with dl.shielded():  # whoever limits it still gets the best that was found
                self.conclude(samples)
            raise
        self.conclude(samples)

    def look_at(self, sample: Sample, rank: int) -> None:
        """Have a sample judged, if it came to an answer."""
        if sample.answer is None:
            sample.node.discard("invalid", by=NORMALISER)
        else:
            self.judge(sample, self.run.stream(f"judge {rank}"))

    def conclude(self, samples: list[Sample]) -> None:
        """Let the samples vote, and return the best of those that were judged."""
        votes = self.vote([each for each in samples if each.answer is not None])
        self.choose([each for each in samples if each.verdict is not None], votes)

    def draw(self, rank: int) -> Sample:
        """Have the solver try once."""
        question = question_of(self.problem)
        with self.run.node("sample", rank=rank) as node:
            chance = self.run.stream(f"solver {rank}")

            def solve(call: dl.ModelCall) -> str:
                self.stage.work()
                text = TiredSolver(chance).solve(*self.problem)
                tell_simulated(call, question, text)
                return text

            text = self.ask(SOLVER, question, solve)
            answer = last_integer(text)
            node.finish(output=answer)
        is_right = answer == self.exact
        node.candidate(
            answer=answer or text.splitlines()[-1],
            normalised=answer,
            normaliser=NORMALISER,
            cluster=answer,
            correct=is_right,
        )
        return Sample(node=node, answer=answer, is_right=is_right)

    def judge(self, sample: Sample, chance: random.Random) -> None:
        """Have the judge score a sample, and throw it away when it is rejected."""
        question = f"{question_of(self.problem)} Is it {sample.answer}?"

        def score(call: dl.ModelCall) -> str:
            self.stage.work()
            text = f"{noisy_score(sample.is_right, chance)!r}"
            tell_simulated(call, question, text)
            return text

        with sample.node.node("verification", name="judge") as check:
            sample.score = float(self.ask(JUDGE, question, score))
        is_accepted = sample.score >= THRESHOLD
        sample.node.score(sample.score, scale=(0, 1), scorer=VERIFIER)
        sample.verdict = sample.node.verdict(
            "orm",
            outcome="accept" if is_accepted else "reject",
            score=sample.score,
            scale=(0, 1),
            threshold=THRESHOLD,
            verifier=VERIFIER,
            independence="other_model",
            saw_reference=True,  # it knows the right answer and errs on purpose
            by_node=check,
        )
        if not is_accepted:
            sample.node.discard(
                "verifier_rejected",
                by=VERIFIER,
                value=sample.score,
                cutoff=THRESHOLD,
                verdict=sample.verdict,
                wrongly=sample.is_right or None,
            )

    def ask(self, model: str, question: str, answer: Callable[[dl.ModelCall], str]) -> str:
        """Ask a model, or take what it said in the run that is replayed."""
        call = self.run.model_call(model=model, provider="simulation", input=question)
        return str(call.perform(answer))

    def vote(self, samples: list[Sample]) -> Counter[str]:
        """Let the samples vote, beside the judge; return the votes for each answer."""
        votes = Counter(str(each.answer) for each in samples)
        with self.run.node("aggregate", name="majority vote, for comparison") as aggregate:
            for each in samples:
                each.node.edge("votes_into", aggregate)
                each.node.candidate(votes=votes[str(each.answer)])
            aggregate.finish(output=dict(votes.most_common()))
        return votes

    def choose(self, samples: list[Sample], votes: Counter[str]) -> None:
        """Return the accepted sample with the best score, and have the calculator look at it."""
        accepted = [each for each in samples if each.score >= THRESHOLD]
        if not accepted:
            self.run.finish(stop_reason="the judge accepted none")
            return
        best, *others = sorted(accepted, key=lambda each: -each.score)
        for rank, other in enumerate(others, start=2):
            if other.answer == best.answer:
                other.node.keep(by=RULE, value=other.score, cutoff=best.score, rank=rank)
                continue
            other.node.discard(
                "not_selected",
                by=RULE,
                value=other.score,
                cutoff=best.score,
                rank=rank,
                wrongly=other.is_right or None,
            )
        rival = next((each for each in others if each.answer != best.answer), None)
        self.run.select(
            best.node,
            rule=RULE,
            margin=best.score - rival.score if rival else None,
            margin_unit="score",
            runner_up=rival.node if rival else None,
        )
        self.check(best)
        confidence = votes[str(best.answer)] / votes.total()
        self.run.finish(answer=best.answer, selected=best.node, confidence=confidence)

    def check(self, best: Sample) -> None:
        """Say what exact arithmetic says of the answer. Too late to change it."""
        expression = expression_of(self.problem)
        best.node.verdict(
            "calculator",
            outcome="accept" if best.is_right else "reject",
            verifier=CALCULATOR,
            independence="deterministic",
            saw_reference=False,
            rationale=f"{expression} = {self.exact}, and the answer was {best.answer}",
        )


def budget_of(samples: int, calls: int) -> dl.Budget:
    """Return what a search may spend; its warnings come at three quarters of it."""
    usd = samples * DOLLARS_A_SAMPLE
    return dl.Budget(
        samples=samples,
        model_calls=calls,
        usd=usd,
        soft={"model_calls": calls * 3 // 4, "usd": usd * 3 / 4},
    )


def question_of(problem: tuple[int, int, int]) -> str:
    """Return a problem as the solver is asked it."""
    return f"What is {expression_of(problem)}?"


def expression_of(problem: tuple[int, int, int]) -> str:
    """Return a problem as the calculator reads it."""
    left, right, more = problem
    return f"{left} * {right} + {more}"


def noisy_score(is_right: bool, chance: random.Random) -> float:
    """Return a score from 0 to 1 that is on the wrong side of the threshold at the known rates."""
    errs = chance.random() < (FALSE_REJECTS if is_right else FALSE_ACCEPTS)
    least = THRESHOLD if is_right != errs else 0.0
    return least + (1 - THRESHOLD) * chance.random()


def tell_simulated(call: dl.ModelCall, question: str, text: str) -> None:
    """Finish a call that nobody made: the words are counted, the money is estimated."""
    read, written = (len(re.findall(r"\w+|[^\w\s]", each)) for each in (question, text))
    amount = (read * TARIFF["input"] + written * TARIFF["output"]) / 1_000_000
    call.finish(
        output=text,
        usage=dl.Usage(input=read, output=written),
        cost=dl.Cost(
            amount=amount,
            provenance=dl.CostProvenance.ESTIMATED,
            price_table="simulated tariff, charged to nobody",
        ),
        text_visibility=dl.TextVisibility.FULL,
        attributes={"simulated": True, "tokens": "words and signs, counted"},
    )


@dl.entry_point(version="1", sources=("arithmetic", "stage", "tired_solver"))
def solve(
    *, seed: int = 1, pace: float = 0.0, samples: int = SAMPLES, calls: int | None = None
) -> None:
    """Play once, so that the run can be replayed."""
    play(Stage.set(seed=seed, pace=pace), samples, calls)


if __name__ == "__main__":
    parser = parser_of(__doc__)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--calls", type=int, help="model calls at most; default: two a sample")
    options = parser.parse_args()
    perform(partial(solve, samples=options.samples, calls=options.calls), options)
