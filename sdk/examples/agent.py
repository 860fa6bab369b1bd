"""An agent: think, use a tool, look at what came of it, until the task is done.

It plans by fixed rules on real files, and works as people do: it looks for a short way that is none,
trusts notes that are out of date, asks twice for what it knows, counts a receipt twice and corrects
itself. In the end it sends a mail. That cannot be taken back, so a person is asked first.

    python sdk/examples/agent.py --seed 2 --outbox /tmp/outbox
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import deliberation as dl
from office import TREASURER, Case, Office, Receipt, make_case, read_receipts
from stage import Stage, announce, parser_of, perform

EFFECTS = {"calculator": "none", "write_file": "write", "send_email": "irreversible"}
RISKS = {"send_email": "high"}
BUDGET = dl.Budget(tool_calls=20, depth=4, soft={"tool_calls": 8})


def play(stage: Stage, outbox: Path | None = None) -> dl.Run:
    """Work on the case that the seed makes; without an outbox, send no mail."""
    case = make_case(stage.chance("case"))
    task = f"{case.question} Write it to {case.report}"
    with (
        tempfile.TemporaryDirectory() as folder,
        dl.run(
            f"{task} and mail it to {TREASURER}." if outbox else f"{task}.",
            strategy="agent",
            name=f"Agent: {case.kind} of team {case.team} in {case.month.title()}",
            params={"policy": "fixed rules", "seed": stage.seed},
            budget=BUDGET,
            tags=["example"],
            seed=stage.seed,
            **stage.names,
        ) as run,
    ):
        announce(run)
        office = Office(Path(folder), outbox or Path(folder))
        office.open(case, stage.chance("office"))
        agent = Agent(run, stage, office, case)
        with run.node("agent", name="planner"):
            agent.work(STEPS if outbox else STEPS[:-1])
        run.select(agent.answer, rule="last revision", runner_up=agent.draft)
        run.finish(answer=agent.total, selected=agent.answer, stop_reason=agent.stop_reason)
    return run


class Agent:
    """The planner: its tools, and what it has found so far."""

    file: str
    receipts: list[Receipt]
    total: str
    draft: dl.Node
    answer: dl.Node
    latest: dl.ToolCall

    def __init__(self, run: dl.Run, stage: Stage, office: Office, case: Case) -> None:
        self.run = run
        self.stage = stage
        self.office = office
        self.case = case
        self.recipient = TREASURER
        self.stop_reason: str | None = None
        self.results: dict[str, Any] = {}

    def work(self, steps: Sequence[Step]) -> None:
        """Think, act, and note what was found, a step after the other."""
        for step in steps:
            with self.run.node("thought", text=step.thought) as thought:
                self.pause()
                found = step.take(self)
                thought.finish(text=f"{step.thought} → {found or 'nothing'}")
            if found is None:
                thought.discard("dead_end", by="planner")
            else:
                thought.keep(by="planner")

    def pause(self) -> None:
        """Take a step's time. An operator may name somebody else to send the mail to."""
        said = " ".join(self.stage.pause(self.run))
        for address in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", said):
            self.recipient = address

    def use(self, name: str, *, retries: dl.ToolCall | None = None, **arguments: str) -> Any:
        """Use a tool, or remember what it returned. Errors of the tool come through.

        What cannot be taken back waits here for a person, who may change the arguments.
        """
        asked = f"{name} {arguments}"
        if asked in self.results:
            with self.run.node("proposal", text=asked) as proposal:
                self.pause()
            proposal.discard("duplicate", by="memory")
            return self.results[asked]
        act: Callable[..., Any] = getattr(self.office, name)
        effect, risk = EFFECTS.get(name, "read"), RISKS.get(name)

        def use(tool: dl.ToolCall) -> Any:
            self.stage.work()
            return act(**tool.arguments)

        self.latest = self.run.tool(name, arguments, effect, risk=risk, retries=retries)
        self.results[asked] = result = self.latest.perform(use)
        return result

    def look_for_a_summary(self) -> str | None:
        """Try the short way first."""
        found = self.use("search", words=f"{self.case.team} ")
        return next((line for line in found if self.case.month in line.lower()), None)

    def read_the_notes(self) -> str:
        """Find out what the file of a month is called."""
        notes = self.use("read_file", path="notes.md")
        example = next(word for word in notes.split() if word.startswith("expenses_"))
        self.file = f"{example.partition('_')[0]}_{self.case.month}"
        return f"They are in {self.file}."

    def read_the_month(self) -> str:
        """Read the file that the notes name, or the one that is there."""
        try:
            text = self.use("read_file", path=self.file)
        except FileNotFoundError:
            failed = self.latest
            failed.fail(by="planner")
            self.file = next(each for each in self.use("list_files") if self.case.month in each)
            text = self.use("read_file", path=self.file, retries=failed)
        self.receipts = [each for each in read_receipts(text) if self.case.is_about(each)]
        return f"{len(self.receipts)} lines are about {self.case.team} and {self.case.kind}."

    def add_up(self) -> str:
        """Draft an answer from all lines."""
        self.propose("proposal", self.receipts)
        self.draft = self.answer
        return self.total

    def doubt(self) -> str:
        """Look at the notes again: is anything counted twice?"""
        notes = self.use("read_file", path="notes.md")
        rule = next(line for line in notes.splitlines() if "twice" in line)
        counts = Counter(each.number for each in self.receipts)
        twice = ", ".join(number for number, count in counts.items() if count > 1)
        found = f"Receipt {twice} is counted twice." if twice else "No receipt is counted twice."
        with self.run.node("critique", text=rule) as critique:
            critique.finish(output=found)
        critique.edge("verifies", self.answer)
        return found

    def revise(self) -> str:
        """Add up again, each receipt once."""
        self.propose("revision", {each.number: each for each in self.receipts}.values())
        self.answer.edge("revises", self.draft)
        self.draft.discard("superseded", by="planner")
        return self.total

    def propose(self, kind: str, receipts: Iterable[Receipt]) -> None:
        """Put the sum of receipts forward as the answer, in two decimals."""
        cents = " + ".join(str(int(each.amount * 100)) for each in receipts)
        with self.run.node(kind) as self.answer:
            self.total = f"{Decimal(self.use('calculator', expression=cents)) / 100:.2f}"
            self.answer.finish(output=self.total)
        self.answer.candidate(answer=self.total, normalised=self.total, normaliser="two decimals@1")

    def report(self) -> str:
        """Write the report."""
        text = f"{self.case.question} {self.total}\n"
        size = self.use("write_file", path=self.case.report, text=text)
        return f"{self.case.report}, {size} bytes"

    def check(self) -> str:
        """Add up once more from the lines of the file, and compare with what was written."""
        with self.run.node("verification", name="recompute") as check:
            found = self.use("search", words=f",{self.case.team},{self.case.kind},")
            lines = {line for line in found if line.startswith(self.file)}
            again = sum((Decimal(line.rpartition(",")[2]) for line in lines), Decimal(0))
            written = self.use("read_file", path=self.case.report).split()[-1]
            check.finish(output=f"recomputed {again}, written {written}")
        passed = [f"{again:.2f}" == self.total, written == self.total]
        verdict = self.answer.verdict(
            "calculator",
            outcome="accept" if all(passed) else "reject",
            verifier="recompute@1",
            independence="deterministic",
            saw_reference=False,
            checks_total=len(passed),
            checks_passed=sum(passed),
            by_node=check,
            rationale=f"recomputed {again}, written {written}",
        )
        return verdict.outcome

    def mail(self) -> str:
        """Send the report, once a person has agreed to exactly that; else leave it at the report."""
        text = self.use("read_file", path=self.case.report)
        mail = {
            "subject": self.case.question,
            "text": text,
            "date": format_datetime(self.run.now()),
        }
        try:
            sent = self.use("send_email", to=self.recipient, **mail)
        except dl.NotApproved as refusal:
            self.stop_reason = "the mail was not approved"
            return f"Not sent: {refusal}"
        return f"Sent as {sent}."


@dataclass(frozen=True, slots=True)
class Step:
    """What the planner thinks, and what it does about it; what comes back is what it found."""

    thought: str
    take: Callable[[Agent], str | None]


STEPS = (
    Step("Somebody may have added it up already.", Agent.look_for_a_summary),
    Step("The notes should say where the figures are.", Agent.read_the_notes),
    Step("Read the receipts of the month.", Agent.read_the_month),
    Step("Add them up, in cents.", Agent.add_up),
    Step("Is that right? The notes said something about it.", Agent.doubt),
    Step("Add up again, each receipt once.", Agent.revise),
    Step("Write the report.", Agent.report),
    Step("Check what was written against the file itself.", Agent.check),
    Step("Mail the report to the treasurer.", Agent.mail),
)


@dl.entry_point(version="1", sources=("arithmetic", "office", "stage"))
def solve(*, seed: int = 1, pace: float = 0.0, outbox: str | None = None) -> None:
    """Play once, so that the run can be replayed."""
    play(Stage.set(seed=seed, pace=pace), Path(outbox) if outbox else None)


if __name__ == "__main__":
    parser = parser_of(__doc__)
    parser.add_argument("--outbox", type=Path, help="where mail goes; default: a temporary folder")
    parser.add_argument("--no-mail", action="store_true", help="leave it at the report")
    options = parser.parse_args()
    box = None if options.no_mail else options.outbox or Path(tempfile.mkdtemp(prefix="outbox-"))
    perform(partial(solve, outbox=str(box.resolve()) if box else None), options)
