"""An agent.

A planner of fixed rules that uses tools on real files, takes one wrong turn and makes one mistake.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from deliberation.client import Node, Run, ToolCall
from traces.demo.files import Files
from traces.demo.stage import Stage

TEAM, KIND, MONTH = "north", "travel", "march"
REPORT = f"reports/{TEAM}-{KIND}-{MONTH}.txt"
TASK = f"What did team {TEAM} spend on {KIND} in {MONTH.title()}? Write it to {REPORT}."
EFFECTS = {"calculator": "none", "write_file": "write"}


def run_agent(stage: Stage) -> Run:
    """Answer the task in a directory made for it; return the run, ended."""
    with (
        tempfile.TemporaryDirectory() as directory,
        stage.run("agent", TASK, strategy="agent", name="Agent: expenses of a team") as run,
        run.node("agent", name="planner") as agent,
    ):
        files = Files(Path(directory))
        files.fill()
        planner = Planner(run, agent, files)
        planner.look_in_the_archive()
        rows = planner.read_the_month()
        total = planner.add_up(rows)
        planner.report(total)
        planner.verify(total)
        run.finish(answer=total, selected=agent, rule="only answer")
    return run


class Planner:
    """The rules, one method for each step of the plan."""

    def __init__(self, run: Run, agent: Node, files: Files) -> None:
        self.run = run
        self.agent = agent
        self.files = files

    def use(self, name: str, *, retries: ToolCall | None = None, **arguments: str) -> Any:
        """Use a tool under the current thought.

        Return its result. Errors of the tool come through.
        """
        act: Callable[..., Any] = getattr(self.files, name)
        effect = EFFECTS.get(name, "read")
        with self.run.tool(name, arguments, effect, retries=retries) as tool:
            self.latest = tool
            result = act(**arguments)
            tool.finish(result=result)
        return result

    def look_in_the_archive(self) -> None:
        """Try the short way first: somebody may have added it up already."""
        with self._think("A summary may hold the figure already: look for one.") as thought:
            found = self.use("search", words=TEAM + " ")
            is_there = any(MONTH in line.lower() for line in found)
            thought.finish(
                output="There is one." if is_there else "It is of last year, not of March."
            )
        if not is_there:
            thought.discard("dead_end", by="planner")

    def read_the_month(self) -> list[list[str]]:
        """Return the month's receipts, found by the name the notes give, else by the listing."""
        with self._think("The notes should say where the figures of a month are.") as thought:
            self.use("read_file", path="notes.md")
            thought.finish(output=f"They are in expenses_{MONTH}, one line a receipt.")
        thought.keep(by="planner")
        with self._think(f"Read the receipts of {MONTH.title()}.") as thought:
            try:
                text = self.use("read_file", path=f"expenses_{MONTH}")
            except OSError:
                failed = self.latest
                failed.fail(by="planner")
                names = self.use("list_files")
                name = next(each for each in names if "expenses" in each and MONTH in each)
                text = self.use("read_file", path=name, retries=failed)
            thought.finish(output=f"{len(text.splitlines()) - 1} lines")
        thought.keep(by="planner")
        return [line.split(",") for line in text.splitlines()[1:]]

    def add_up(self, rows: list[list[str]]) -> str:
        """Return the sum of the team's receipts, each number once, with two decimals."""
        with self._think(f"Count each receipt of {TEAM} for {KIND} once, in cents.") as thought:
            wanted = {row[0]: row[3] for row in rows if row[1:3] == [TEAM, KIND]}
            cents = " + ".join(amount.replace(".", "") for amount in wanted.values())
            total = Decimal(self.use("calculator", expression=cents)) / 100
            repeated = sum(row[1:3] == [TEAM, KIND] for row in rows) - len(wanted)
            thought.finish(output=f"{total:.2f}, with {repeated} repeated receipt left out")
        thought.keep(by="planner")
        return f"{total:.2f}"

    def report(self, total: str) -> None:
        """Write the report."""
        with self._think("Write the report where the notes say reports go.") as thought:
            self.use("write_file", path=REPORT, text=f"{TEAM} {KIND} {MONTH}: {total}\n")
        thought.keep(by="planner")
        self.agent.candidate(answer=total, normalised=total, normaliser="two decimals@1")

    def verify(self, total: str) -> None:
        """Recompute the sum from the file itself and compare it with what was written."""
        with self.run.node("verification", name="recompute") as check:
            lines = set(self.use("search", words=f",{TEAM},{KIND},"))
            month = [line for line in lines if MONTH in line.partition(":")[0]]
            again = sum((Decimal(line.rpartition(",")[2]) for line in month), Decimal(0))
            written = self.use("read_file", path=REPORT).split()[-1]
            passed = [f"{again:.2f}" == total, written == total]
            check.finish(output={"recomputed": f"{again:.2f}", "written": written})
        self.agent.verdict(
            "calculator",
            outcome="accept" if all(passed) else "reject",
            verifier="recompute@1",
            independence="deterministic",
            saw_reference=False,
            checks_total=len(passed),
            checks_passed=sum(passed),
            by_node=check,
            rationale=f"recomputed {again:.2f}, written {written}",
        )

    def _think(self, text: str) -> Node:
        return self.run.node("thought", text=text)
