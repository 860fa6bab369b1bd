"""Verify a receipt: one line of a run's ledger, and the proof that it stands under a signed checkpoint.

A C2SP tlog-proof whose `extra` is the line. It shows one entry to whoever trusts the key, without the rest of the run.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from deliberation.bundle import base64_text
from deliberation.bundle.bounds import MAX_LINE_BYTES, MAX_NOTE_BYTES
from deliberation.bundle.heads import KnownHead
from deliberation.bundle.keys import Key
from deliberation.bundle.layout import is_run_id
from deliberation.bundle.line import read_line
from deliberation.bundle.proof import FIRST_LINE, Proof, check_inclusion, read_proof
from deliberation.bundle.report import ALWAYS, Check, Report
from deliberation.bundle.verdict import Diverged, Refusal, Verdict
from deliberation.ledger.tree import hash_leaf

MAX_RECEIPT_BYTES = MAX_LINE_BYTES * 4 // 3 + 2 * MAX_NOTE_BYTES
NAME = "the receipt"


@dataclass(slots=True)
class ReceiptReport(Report):
    """The result; beside what every report has, the entry that it is about, once that could be read."""

    run: str = ""
    seq: int = 0
    line: bytes = b""

    def lines(self) -> Iterator[str]:
        """Yield the report for people, line by line."""
        verdict, *rest = Report.lines(self)
        yield verdict
        if self.line:
            yield f"run   {self.run}   entry {self.seq}"
            yield f"leaf  {self._leaf()}"
            yield self.line.decode()
        yield from rest

    def plain(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        entry = None
        if self.line:
            entry = {
                "run": self.run,
                "seq": self.seq,
                "line": self.line.decode(),
                "leaf": self._leaf(),
            }
        return Report.plain(self) | {"entry": entry}

    def _leaf(self) -> str:
        return b64encode(hash_leaf(self.line)).decode()


def is_receipt(file: BinaryIO) -> bool:
    """Return True for a file that begins as a receipt does. The file stands at its beginning afterwards."""
    begins = file.read(len(FIRST_LINE) + 1)
    file.seek(0)
    return begins == f"{FIRST_LINE}\n".encode()


def verify_receipt(
    file: BinaryIO, *, keys: Sequence[Key] = (), heads: Sequence[KnownHead] = ()
) -> ReceiptReport:
    """Return what can be said of a receipt, given the keys and heads that its reader trusts."""
    return _Verification(file, keys, heads).run()


class _Verification:
    """One verification, step by step; each step returns the sentence that tells what it found."""

    def __init__(self, file: BinaryIO, keys: Sequence[Key], heads: Sequence[KnownHead]) -> None:
        self._file, self._keys, self._heads = file, keys, heads
        self._report = ReceiptReport()
        self._proof: Proof
        self._is_seen = False

    def run(self) -> ReceiptReport:
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("form", self._read),
            ("entry", self._check_line),
            ("inclusion", self._check_inclusion),
            ("signatures", self._check_signatures),
            ("heads", self._check_heads),
        )
        refused: Refusal | None = None
        for name, step in steps:
            try:
                self._say(name, *(("skipped", "not reached") if refused else ("pass", step())))
            except Refusal as refusal:
                refused = refusal
                self._say(name, "fail", str(refusal))
        self._conclude(refused)
        return self._report

    def _say(self, name: str, status: str, detail: str) -> None:
        self._report.checks.append(Check(name, status, detail))

    def _read(self) -> str:
        data = self._file.read(MAX_RECEIPT_BYTES + 1)
        if len(data) > MAX_RECEIPT_BYTES:
            raise Refusal(f"{NAME}: has more than {MAX_RECEIPT_BYTES} bytes")
        self._proof = read_proof(data, NAME)
        return "a C2SP tlog-proof under a checkpoint"

    def _check_line(self) -> str:
        line = base64_text.decode(self._proof.extra or "")
        if not line:
            raise Refusal(f"{NAME}: its extra is not the line of an entry in base64")
        instance, _, run = self._proof.checkpoint.origin.rpartition("/runs/")
        if not instance or not is_run_id(run):
            raise Refusal(f"{NAME}: its checkpoint is of no run")
        read = read_line(line, run=run, seq=self._proof.index)
        self._report.run, self._report.seq, self._report.line = run, self._proof.index, line
        return f"a canonical line of this run, of kind {read.kind}"

    def _check_inclusion(self) -> str:
        check_inclusion(self._proof, self._report.line, NAME)
        size = self._proof.checkpoint.size
        return f"the line stands at its place among the first {size} entries of the run"

    def _check_signatures(self) -> str:
        if not self._keys:
            return "not checked: you named no key, and none is taken from the receipt"
        instance = self._proof.checkpoint.origin.rpartition("/runs/")[0]
        signed = self._proof.checkpoint.signers([k for k in self._keys if k.name == instance])
        if not signed:
            raise Refusal(f"{NAME}: its checkpoint has no signature by a key that you named")
        self._report.keys = sorted({each.label for each in signed})
        return "the checkpoint is signed by a key that you named"

    def _check_heads(self) -> str:
        checkpoint = self._proof.checkpoint
        of_run = [head for head in self._heads if head.run == self._report.run]
        same = [head for head in of_run if head.size == checkpoint.size]
        if any(head.root != checkpoint.root for head in same):
            raise Diverged(
                f"run {self._report.run}: its first {checkpoint.size} entries are not those that you hold a head of"
            )
        self._is_seen = bool(same)
        others = len(self._heads) - len(same)
        return f"{len(same)} agree" + (
            f", {others} cannot be compared: of another size or run" if others else ""
        )

    def _conclude(self, refused: Refusal | None) -> None:
        report = self._report
        if refused:
            report.verdict, report.reason = refused.verdict, str(refused)
        elif not self._keys:
            report.verdict = Verdict.UNPINNED
        else:
            report.verdict = Verdict.VERIFIED if self._is_seen else Verdict.SIGNED
        report.not_proven = list(self._open_questions())

    def _open_questions(self) -> Iterator[str]:
        if self._report.verdict in (Verdict.INVALID, Verdict.UNSUPPORTED):
            yield "anything: a receipt that does not pass proves nothing"
            return
        if not self._keys:
            yield "who made this: name a key with --trust, from a source other than the receipt"
        if not self._is_seen:
            yield (
                "that the entry stood like this before you saw it: whoever holds the key could have"
                " written it anew (bring a head with --known-head)"
            )
        yield "what its texts said: a receipt has their commitments alone"
        yield "what other entries say, and that nothing came after"
        yield from ALWAYS
