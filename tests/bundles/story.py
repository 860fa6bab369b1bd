"""A run as its ledger has it: events sealed by the ledger's own code, with salts that come again."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from deliberation.bundle.bounds import MAX_INLINE_PART_BYTES
from deliberation.events import (
    ApprovalDecided,
    CandidateProposed,
    Event,
    RunEnded,
    RunOpened,
    RunStarted,
    VerdictGiven,
)
from deliberation.ledger.canonical import dump
from deliberation.ledger.entry import Entry, seal
from deliberation.ledger.parts import Part
from deliberation.ledger.tree import hash_leaf, root_of_leaves
from deliberation.vocabulary import Decision, ObservedState, VerdictOutcome

RUN = "01900000-0000-7000-8000-000000000001"
OTHER_RUN = "01900000-0000-7000-8000-000000000002"
NOON = 1_790_000_000_000_000_000
LARGE = "All that the model thought, at length. " * 2_000  # over 64 KiB


@dataclass
class Story:
    """One run's entries. `withheld` and `gone` name parts by (seq, name): why, or by which entry."""

    run: str
    entries: list[Entry] = field(default_factory=list)
    withheld: dict[tuple[int, str], str] = field(default_factory=dict)
    gone: dict[tuple[int, str], int] = field(default_factory=dict)

    def tell(self, event: Event) -> None:
        """Seal one more event."""
        seq = len(self.entries)
        self.entries.append(
            seal(event, seq=seq, by="sdk:7f3a", received_at=NOON + seq, randbytes=self._salt)
        )

    def tell_plainly(self, kind: str, facts: dict[str, object]) -> None:
        """Seal an entry of a kind that is specified, and that no event class has yet."""
        seq = len(self.entries)
        plain = {"by": "user:bob", "d": facts, "key": f"{kind}:{seq}", "kind": kind, "p": {}}
        line = dump({**plain, "run": self.run, "seq": seq, "t_rx": str(NOON + seq), "v": 1})
        self.entries.append(Entry(seq, str(plain["key"]), line, hash_leaf(line), ()))

    def root(self, size: int | None = None) -> bytes:
        return root_of_leaves([entry.leaf for entry in self.entries[:size]])

    def files(self) -> dict[str, bytes]:
        """The evidence of the run but for its checkpoints, by name."""
        folder = f"data/evidence/runs/{self.run}/"
        lines = [entry.line for entry in self.entries]
        files = {folder + "events.jsonl": joined(lines), folder + "parts.jsonl": b""}
        opened: list[bytes] = []
        for seq, part in self._shown():
            opened.append(opening(seq, part))
            if len(part.data) > MAX_INLINE_PART_BYTES:
                files[f"{folder}blobs/{part.inner.hex()}"] = part.data
        files[folder + "parts.jsonl"] = joined(opened)
        if closed := self._closed():
            files[folder + "withheld.jsonl"] = joined(closed)
        return files

    def _shown(self) -> Iterator[tuple[int, Part]]:
        for entry in self.entries:
            for part in sorted(entry.parts, key=lambda each: each.name):
                if not {(entry.seq, part.name)} & (self.withheld.keys() | self.gone.keys()):
                    yield entry.seq, part

    def _closed(self) -> list[bytes]:
        listed: dict[tuple[int, str], dict[str, object]] = {}
        for key, reason in self.withheld.items():
            listed[key] = {"name": key[1], "reason": reason, "seq": key[0]}
        for key, by in self.gone.items():
            listed[key] = {"by": by, "name": key[1], "seq": key[0]}
        return [dump(listed[key]) for key in sorted(listed)]

    def _salt(self, size: int) -> bytes:
        told = f"{self.run} {len(self.entries)} {self._salts}"
        self._salts += 1
        return sha256(told.encode()).digest()[:size]

    _salts: int = 0


def opening(seq: int, part: Part) -> bytes:
    """The line of parts.jsonl that shows a part."""
    plain: dict[str, object] = {
        "name": part.name,
        "salt": b64encode(part.salt).decode(),
        "seq": seq,
    }
    if len(part.data) > MAX_INLINE_PART_BYTES:
        return dump({**plain, "blob": part.inner.hex()})
    try:
        return dump({**plain, "text": part.data.decode()})
    except UnicodeDecodeError:
        return dump({**plain, "base64": b64encode(part.data).decode()})


def joined(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def opened_part(seq: int, name: str, data: bytes) -> Part:
    """A part that no entry commits to."""
    return Part(name, bytes(32), sha256(data).digest(), data)


def tell_story(run: str = RUN, candidates: int = 5) -> Story:
    """A best-of-n run: candidates, verdicts, a person's decision, an end. Has hostile and long texts."""
    story = Story(run)
    story.tell(RunOpened(run=run, key="opened", at=NOON, source="sdk", project="1"))
    story.tell(
        RunStarted(run=run, key="started", at=NOON, name="sum", task="2 + 2?", models=["m-1"])
    )
    texts = ["4", "four \x1b]0;owned\x07\x1b[2J", "\ud800 and \x00", LARGE, ""]
    for index in range(candidates):
        node = f"n{index}"
        answer = texts[index % len(texts)]
        story.tell(CandidateProposed(run=run, key=f"c{index}", node=node, answer=answer, votes=1))
        story.tell(
            VerdictGiven(
                run=run,
                key=f"v{index}",
                node=node,
                verifier="unit_test",
                outcome=VerdictOutcome.ACCEPT,
                score=0.5,
                rationale="It is what 2 + 2 comes to.",
            )
        )
    story.tell(
        ApprovalDecided(
            run=run, key="d", approval="a1", decision=Decision.REJECT, by="user:bob", reason="No."
        )
    )
    story.tell(RunEnded(run=run, key="ended", state=ObservedState.COMPLETED, answer="4"))
    return story
