"""What a verification found, for people and for programs."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from deliberation.bundle.anchors import Stamped
from deliberation.bundle.run_evidence import RunEvidence
from deliberation.bundle.verdict import Verdict

MEANINGS = {
    Verdict.VERIFIED: "signed by a key that you named, and all of it had been seen or stamped before",
    Verdict.SIGNED: "signed by a key that you named; no head of yours covers all of it, and no prompt time stamp",
    Verdict.UNPINNED: "consistent in itself; you named no key, so anybody may have made it",
    Verdict.DIVERGED: "contradicts a head that you hold: keep both, this is evidence",
    Verdict.INVALID: "a check failed",
    Verdict.UNSUPPORTED: "of a version that this verifier does not know",
}
ALWAYS = (
    "that what was reported is true, or that everything was reported: a bundle proves what reached the server",
    "that a model's stated reasoning caused its answer",
    "that the times in entries are right: they are claims of the clocks that wrote them",
)
MOST_REASONS = 20
TIME = "%Y-%m-%dT%H:%M:%SZ"
MARKS = {"pass": "ok  ", "fail": "FAIL", "skipped": "-   "}


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, `pass`, `fail` or `skipped`, and a sentence."""

    id: str
    status: str
    detail: str


@dataclass(slots=True)
class Report:
    """The result. `identity` is None where the bundle could not be read so far."""

    verdict: Verdict = Verdict.INVALID
    reason: str = ""
    identity: str | None = None
    checks: list[Check] = field(default_factory=list)
    runs: list[RunEvidence] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    stamped: list[Stamped] = field(default_factory=list)
    prompt: dict[str, int] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    not_proven: list[str] = field(default_factory=list)

    @property
    def meaning(self) -> str:
        """The verdict in one sentence; where there is a reason, the reason."""
        return self.reason or MEANINGS[self.verdict]

    def covered(self, run: str) -> int:
        """Return how many entries of a run, from the first on, a head or a prompt time stamp stands for."""
        return max(self.seen.get(run, 0), self.prompt.get(run, 0))

    def lines(self) -> Iterator[str]:
        """Yield the report for people, line by line. The caller makes it safe for a terminal."""
        yield f"{self.verdict.name}: {self.meaning}"
        if self.identity:
            yield f"identity  {self.identity}"
        for check in self.checks:
            yield f"{MARKS[check.status]}  {check.id:<12} {check.detail}"
        for run in self.runs:
            yield f"run  {run.run}  {run.size} entries, root {b64encode(run.root).decode()}"
            yield f"     parts: {run.shown} shown, {run.withheld} withheld, {run.gone} gone for good"
            for reason, count in sorted(run.reasons.items())[:MOST_REASONS]:
                yield f"     withheld {count}: {reason}"
        for key in self.keys:
            yield f"signed by {key}"
        for each in self.stamped:
            yield f"stamped at {each.stamp.at:{TIME}} by {each.stamp.by}: {each.size} entries of run {each.run}"
        yield "Not proven:"
        for sentence in self.not_proven:
            yield f"  - {sentence}"

    def plain(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "verdict": self.verdict.name,
            "exit_code": int(self.verdict),
            "reason": self.meaning,
            "identity": self.identity,
            "checks": [
                {"id": each.id, "status": each.status, "detail": each.detail}
                for each in self.checks
            ],
            "runs": [self._run(each) for each in self.runs],
            "signed_by": self.keys,
            "stamped": [
                {
                    "run": each.run,
                    "entries": each.size,
                    "at": f"{each.stamp.at:{TIME}}",
                    "by": each.stamp.by,
                }
                for each in self.stamped
            ],
            "not_proven": self.not_proven,
        }

    def as_json(self) -> str:
        """Return the report as JSON in ASCII, which no terminal takes as a command."""
        return json.dumps(self.plain(), indent=2)

    def _run(self, run: RunEvidence) -> dict[str, Any]:
        return {
            "run": run.run,
            "entries": run.size,
            "root": b64encode(run.root).decode(),
            "seen_before": self.seen.get(run.run),
            "stamped_in_time": self.prompt.get(run.run),
            "parts": {"shown": run.shown, "withheld": run.withheld, "gone": run.gone},
            "withheld_because": dict(run.reasons),
        }
