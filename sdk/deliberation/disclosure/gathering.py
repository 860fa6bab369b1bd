"""What the entries of a ledger say that the questions need: one pass, in the memory of one number for each node.

Only the facts of lines are read, and no text: so the answers can be computed from a bundle that withholds all texts.
It never fails on what an entry says, and its memory has a bound: docs/reference/disclosure.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deliberation.disclosure.facts import KEPT, LONGEST, keep, number, text
from deliberation.disclosure.questions import MOST_EVIDENCE

NODE_FACTS = frozenset(("node.started", "node.ended", "node.observed"))
TOOL_CALL = "tool_call"
MOST_KEPT = 2_000
"""Entries of one kind whose facts are kept; of more only the number is known."""
MOST_NODES = 1_000_000
"""Nodes that are told apart; entries on further ones are counted as entries alone."""
MOST_NAMES = 10_000
"""Different models, verifiers, … that are told apart; all others are one."""
OTHERS = "others"
PRUNED_FROM = 10_000


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
    """What was said. Counters count entries, or nodes where their name says so; `first` cites the first entries.

    `hidden` counts entries of a kind with a text that is not shown. `began` is the least time that a node or the run's
    start tells, in ns since 1970.
    """

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
    providers: Counter[str] = field(default_factory=Counter)
    fates: dict[str, str] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    candidates: set[str] = field(default_factory=set)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    independence: dict[str, str] = field(default_factory=dict)
    saw_reference: int = 0
    with_amounts: int = 0
    missing: int = 0
    hidden: Counter[str] = field(default_factory=Counter)
    began: int | None = None
    is_cut: bool = False
    _awaiting: dict[str, str] = field(default_factory=dict)
    _prune_at: int = PRUNED_FROM
    _words: dict[str, str] = field(default_factory=dict)

    def take(self, seq: int, line: Mapping[str, Any], hidden: Collection[str] = ()) -> None:
        """Take one entry: the fields of its line, of the types of a version 1 line, and the names of hidden parts."""
        kind, facts = line["kind"], line["d"]
        self.size += 1
        self.kinds[kind] += 1
        _count(self.reporters, line["by"])
        self.cite(kind, seq)
        if hidden:
            self.hidden[kind] += 1
        if kind in NODE_FACTS:
            self._take_node(seq, facts, line["p"], hidden)
        elif kind in KEPT:
            self._keep(kind, seq, line)
        elif kind == "fate.decided":
            self._take_fate(seq, facts)
        elif kind == "candidate.proposed":
            node = text(facts, "node")
            if node is not None and self._may_know(node, self.candidates):
                self.candidates.add(node)
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

    def orphans(self) -> int:
        """Return how many nodes name a parent that no entry reports."""
        return sum(parent not in self.node_kinds for parent in self._awaiting.values())

    def _keep(self, kind: str, seq: int, line: Mapping[str, Any]) -> None:
        kept = keep(kind, line["d"])
        if kept is None:
            return
        at = line.get("t_src")
        happened = None if at is None else int(at)
        if kind == "gap.reported":
            self.missing += max(0, number(kept["missing"]) or 0)
        if kind == "run.started":
            self._note_beginning(happened)
        if len(self.kept[kind]) < MOST_KEPT:
            by = line["by"][:LONGEST]
            self.kept[kind].append(Said(seq, kept, happened, int(line["t_rx"]), by))

    def _take_node(
        self, seq: int, facts: Mapping[str, Any], parts: Mapping[str, Any], hidden: Collection[str]
    ) -> None:
        node = text(facts, "node")
        if node is None or not self._may_know(node, self.node_kinds):
            return
        kind = text(facts, "node_kind") if "node_kind" in facts else None
        if kind is not None:
            self.node_kinds[node] = self._word(kind)
        else:
            self.node_kinds.setdefault(node, "step")
        if "parent" in facts and (parent := text(facts, "parent")) is not None:
            self._hang(node, parent)
        if "tool" in facts or "side_effect" in facts:
            self._take_tool(seq, node, facts)
        if "model" in facts or "provider" in facts:
            self._take_model(seq, facts)
        if facts.get("status") == "error":
            self.failed.add(node)
            self.cite("failed", seq)
        if "input" in parts and self.node_kinds[node] == TOOL_CALL:
            self.cite("hidden input" if "input" in hidden else "shown input", seq)
        if "usage" in facts or "cost" in facts:
            self.with_amounts += 1
            self.cite("amounts", seq)
        if "started_at" in facts:
            self._note_beginning(number(facts["started_at"]))

    def _take_tool(self, seq: int, node: str, facts: Mapping[str, Any]) -> None:
        tool, effect = text(facts, "tool"), text(facts, "side_effect")
        if tool is not None:
            self.tools[node] = self._word(tool)
            self.cite("tool", seq)
        if effect is not None:
            self.effects[node] = self._word(effect)

    def _take_model(self, seq: int, facts: Mapping[str, Any]) -> None:
        model, provider = text(facts, "model"), text(facts, "provider")
        if model is not None:
            name = model if model in self.models or len(self.models) < MOST_NAMES else OTHERS
            cited = self.models.setdefault(name, [])
            if len(cited) < MOST_EVIDENCE:
                cited.append(seq)
        if provider is not None:
            _count(self.providers, provider)

    def _take_fate(self, seq: int, facts: Mapping[str, Any]) -> None:
        node, fate = text(facts, "node"), text(facts, "fate")
        if node is None or fate is None:
            return
        if self._may_know(node, self.fates):
            self.fates[node] = self._word(fate)
        if fate == "discarded":
            _count(self.reasons, text(facts, "reason") or "unknown")
            self.cite("discarded", seq)

    def _take_verdict(self, facts: Mapping[str, Any]) -> None:
        verifier, outcome = text(facts, "verifier"), text(facts, "outcome")
        if verifier is None or outcome is None:
            return
        judged = verifier, outcome
        if judged not in self.verdicts and len(self.verdicts) >= MOST_NAMES:
            judged = OTHERS, OTHERS
        self.verdicts[judged] += 1
        independence = text(facts, "independence")
        if independence is not None and self._may_name(verifier, self.independence):
            self.independence[verifier] = independence
        self.saw_reference += facts.get("saw_reference") is True

    def _hang(self, node: str, parent: str) -> None:
        if parent in self.node_kinds:
            self._awaiting.pop(node, None)
            return
        self._awaiting[node] = parent
        if len(self._awaiting) >= self._prune_at:
            known = self.node_kinds
            self._awaiting = {a: b for a, b in self._awaiting.items() if b not in known}
            self._prune_at = max(PRUNED_FROM, 2 * len(self._awaiting))

    def _note_beginning(self, at: int | None) -> None:
        if at is not None and (self.began is None or at < self.began):
            self.began = at

    def _may_know(self, node: str, known: Collection[str]) -> bool:
        if node in known or len(known) < MOST_NODES:
            return True
        self.is_cut = True
        return False

    def _may_name(self, name: str, known: Collection[str]) -> bool:
        return name in known or len(known) < MOST_NAMES

    def _word(self, word: str) -> str:
        """Return the one text that stands for equal ones: each line brings its own, and nodes are many."""
        if self._may_name(word, self._words):
            return self._words.setdefault(word, word)
        return OTHERS


def _count(counter: Counter[str], name: str) -> None:
    if name not in counter:
        name = name[:LONGEST] if len(counter) < MOST_NAMES else OTHERS
    counter[name] += 1


def gather(lines: Iterable[tuple[int, Mapping[str, Any]]]) -> Gathered:
    """Return what the lines of a ledger say, given as (seq, fields) in their order."""
    gathered = Gathered()
    for seq, line in lines:
        gathered.take(seq, line)
    return gathered
