"""Runs for the browser, reported as any program would: `python -m tests.browser.seed small`.

Prints the run's id. Needs INSPECTOR_URL and INSPECTOR_KEY.
"""

from __future__ import annotations

import sys
import time

import deliberation as dl

HOSTILE = (
    "\x00\x1b[31m\u202egnp.exe <img src=x onerror=alert(1)> <div hx-get=/sign-out hx-trigger=load>"
)


def small(name: str = "Game of 24: 1 4 5 10", right: int = 5) -> str:
    """Eight samples with votes, verdicts, costs and one deep branch; hostile text in one of them.

    As many as are `right` have the answer that is.
    """
    budget = dl.Budget(usd="0.50", model_calls=20)
    with dl.run("make 24", name=name, strategy="best_of_n", budget=budget, models=["m-1"]) as run:
        samples = [_sample(run, rank, right) for rank in range(8)]
        for sample in samples[1:]:
            sample.discard("outvoted", by="majority", votes=2)
        run.select(samples[0], rule="majority", margin=3, margin_unit="votes", runner_up=samples[5])
        run.finish(answer="(10 - 4) * (5 - 1)", selected=samples[0], rule="majority")
    return run.id


def _sample(run: dl.Run, rank: int, right: int) -> dl.Node:
    answer = "(10 - 4) * (5 - 1)" if rank < right else "10 * 4 - 5 - 1"
    with run.node("sample", name=f"try {rank}", rank=rank) as sample:
        with run.model_call(model="m-1", input=f"Try {rank}. {HOSTILE}") as call:
            usage = dl.Usage(input=812, output=96, reasoning=41)
            call.finish(output=f"{answer} {HOSTILE}", usage=usage, cost="0.0125")
        with run.node("thought", name="check") as thought:
            thought.finish(text="6 times 4 is 24.\n" * (9000 if rank == 0 else 1))
        sample.candidate(answer=answer, cluster=answer, votes=1)
        outcome = "accept" if rank < right else "reject"
        sample.verdict("calculator", outcome=outcome, score=float(rank < right), verifier="calc@1")
    return sample


def another() -> str:
    """The same again, with fewer samples that are right."""
    return small(right=4)


def growing(steps: int = 600, pause: float = 0.25) -> str:
    """A run that goes on for as long as anybody may look, one node after another."""
    with dl.run("grow", name="Growing run", strategy="agent") as run:
        print(run.id, flush=True)
        for step in range(steps):
            with run.node("step", name=f"step {step}"):
                time.sleep(pause)
        run.finish(answer="grown")
    return run.id


def spending(steps: int = 40, pause: float = 0.3) -> str:
    """A run that spends a cent at a time, and waits at ten cents until somebody gives it more."""
    budget = dl.Budget(usd="0.10", soft={"usd": "0.05"}, on_hit="pause")
    with dl.run("spend", name="Spending run", strategy="best_of_n", budget=budget) as run:
        print(run.id, flush=True)
        for step in range(steps):
            with run.node("sample", name=f"try {step}"), run.model_call(model="m-1") as call:
                time.sleep(pause)
                call.finish(output="x", usage=dl.Usage(input=80, output=20), cost="0.01")
        run.finish(answer="spent")
    return run.id


if __name__ == "__main__":
    runs = {"small": small, "another": another, "growing": growing, "spending": spending}
    print(runs[sys.argv[1]](), flush=True)
    dl.flush()
