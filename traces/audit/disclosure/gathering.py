"""What the entries of a ledger say that the questions need: one pass, in the memory of one number for each node.

Only the facts of lines are read, and no text: so the answers can be computed from a bundle that withholds all texts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from traces.audit.disclosure.questions import MOST_EVIDENCE

NODE_FACTS = ("node.started", "node.ended", "node.observed")
ABOUT_APPROVALS = (
    "approval.requested",
    "approval.decided",
    "approval.closed",
    "permit.consumed",
    "permit.refused",
)
SAID = ("note.written", "tags.changed", "rating.given", "run.signed_off")
KEPT = (
    *("run.opened", "run.started", "run.ended", "run.quieted", "answer.selected", "strategy.set"),
    *("gap.reported", "command.issued", "command.staged", "budget.set", "budget.hit"),
    *("part.redacted", "content.expired", "legal_hold.placed", "legal_hold.lifted"),
    *ABOUT_APPROVALS,
    *SAID,
)
"""Kinds whose entries are few: their facts are kept."""
MOST_KEPT = 2_000
"""Of one kind; of more only the number is known."""


@dataclass(frozen=True, slots=True)
class Said:
    """One entry that is kept: its seq, when it happened by its source and was received (ns), who reported it."""

    seq: int
    facts: Mapping[str, Any]
    at: int | None
    received: int
    by: str


@dataclass(slots=True)
class Gathered:
    """What was said. Counters count entries, or nodes where their name says so; `first` cites the first entries."""

    size: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    kept: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    first: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    reporters: Counter[str] = field(default_factory=Counter)
    node_kinds: dict[str, str] = field(default_factory=dict)
    tools: dict[str, str] = field(default_factory=dict)
    effects: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    models: dict[str, list[int]] = field(default_factory=dict)
    providers: set[str] = field(default_factory=set)
    fates: dict[str, str] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    candidates: set[str] = field(default_factory=set)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    independence: dict[str, str] = field(default_factory=dict)
    saw_reference: int = 0

    def take(self, seq: int, line: Mapping[str, Any]) -> None:
        """Take one entry: the fields of its line."""
        kind, facts = line["kind"], line["d"]
        self.size += 1
        self.kinds[kind] += 1
        self.reporters[line["by"]] += 1
        self.cite(kind, seq)
        if kind in NODE_FACTS:
            self._take_node(seq, facts)
        elif kind in KEPT and len(self.kept[kind]) < MOST_KEPT:
            at = line.get("t_src")
            received = int(line["t_rx"])
            self.kept[kind].append(
                Said(seq, facts, None if at is None else int(at), received, line["by"])
            )
        elif kind == "fate.decided":
            self._take_fate(seq, facts)
        elif kind == "candidate.proposed":
            self.candidates.add(facts["node"])
        elif kind == "verdict.given":
            self._take_verdict(facts)

    def cite(self, what: str, seq: int) -> None:
        """Note that an entry supports something."""
        cited = self.first[what]
        if len(cited) < MOST_EVIDENCE:
            cited.append(seq)

    def seqs(self, *kinds: str) -> list[int]:
        """Return the first entries of some kinds."""
        return [seq for kind in kinds for seq in self.first.get(kind, ())]

    def said(self, *kinds: str) -> list[Said]:
        """Return the entries of some kinds, in ledger order."""
        found = (each for kind in kinds for each in self.kept.get(kind, ()))
        return sorted(found, key=lambda each: each.seq)

    def _take_node(self, seq: int, facts: Mapping[str, Any]) -> None:
        node = facts["node"]
        if "node_kind" in facts:
            self.node_kinds[node] = facts["node_kind"]
        else:
            self.node_kinds.setdefault(node, "step")
        if "tool" in facts:
            self.tools[node] = facts["tool"]
            self.cite("tool", seq)
        if "side_effect" in facts:
            self.effects[node] = facts["side_effect"]
        if facts.get("status") == "error":
            self.failed.add(node)
            self.cite("failed", seq)
        if "model" in facts:
            self.models.setdefault(facts["model"], []).append(seq)
            del self.models[facts["model"]][MOST_EVIDENCE:]
        if "provider" in facts:
            self.providers.add(facts["provider"])

    def _take_fate(self, seq: int, facts: Mapping[str, Any]) -> None:
        self.fates[facts["node"]] = facts["fate"]
        if facts["fate"] == "discarded":
            self.reasons[facts.get("reason", "unknown")] += 1
            self.cite("discarded", seq)

    def _take_verdict(self, facts: Mapping[str, Any]) -> None:
        self.verdicts[facts["verifier"], facts["outcome"]] += 1
        if "independence" in facts:
            self.independence[facts["verifier"]] = facts["independence"]
        self.saw_reference += facts.get("saw_reference") is True


def gather(lines: Iterable[tuple[int, Mapping[str, Any]]]) -> Gathered:
    """Return what the lines of a ledger say, given as (seq, fields) in their order."""
    gathered = Gathered()
    for seq, line in lines:
        gathered.take(seq, line)
    return gathered
