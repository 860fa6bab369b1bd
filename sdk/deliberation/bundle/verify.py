"""Verify a bundle: every check in order, up to the first that fails.

Two passes over the files, none of them in memory: first all against the manifests, then the evidence by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import BinaryIO

from deliberation.bundle.anchors import Anchor, Promptness, read_anchors
from deliberation.bundle.archive import Archive
from deliberation.bundle.bag import SIGNATURE, TAG_MANIFEST, check_bag, check_version
from deliberation.bundle.bounds import MAX_ENVELOPE_BYTES, MAX_TAG_FILE_BYTES
from deliberation.bundle.checkpoints import RunCheckpoints, read_checkpoints
from deliberation.bundle.disclosed import check_disclosure_version, disclosure_chunks
from deliberation.bundle.dsse import Envelope, check_statement, read_envelope
from deliberation.bundle.heads import KnownHead
from deliberation.bundle.keys import Key
from deliberation.bundle.layout import DISCLOSURE, SUMMARY, anchors_of, runs_of
from deliberation.bundle.open_questions import open_questions
from deliberation.bundle.report import Check, Report
from deliberation.bundle.run_evidence import Look, RunReader, SeenEntry
from deliberation.bundle.summary import heads_of, summarise
from deliberation.bundle.time_stamps import IS_AVAILABLE, MISSING, Authority
from deliberation.bundle.verdict import Diverged, Refusal, Verdict
from deliberation.disclosure.gathering import Gathered


def verify(
    file: BinaryIO,
    *,
    keys: Sequence[Key] = (),
    heads: Sequence[KnownHead] = (),
    authority: Authority | None = None,
    look: Look | None = None,
) -> Report:
    """Return what can be said of a bundle, given the keys, heads and authority of time stamps that its reader trusts.

    `look` is called with each entry, in order, before it is known whether the bundle as a whole passes.
    """
    return _Verification(file, keys, heads, authority, look).run()


class _Verification:
    """One verification, step by step; each step returns the sentence that tells what it found."""

    def __init__(
        self,
        file: BinaryIO,
        keys: Sequence[Key],
        heads: Sequence[KnownHead],
        authority: Authority | None,
        look: Look | None,
    ) -> None:
        self._file, self._keys, self._heads, self._look = file, keys, heads, look
        self._authority = authority
        self._anchors: list[Anchor] = []
        self._promptness = Promptness({})
        self._report = Report()
        self._checkpoints: dict[str, RunCheckpoints] = {}
        self._envelope: Envelope | None = None
        self._archive: Archive
        self._names: list[str] = []
        self._digests: dict[str, bytes] = {}
        self._runs: dict[str, set[str]] = {}
        self._instance: str | None = None

    def run(self) -> Report:
        """Run the steps until one refuses."""
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("zip", self._open),
            ("version", self._check_version),
            ("bag", self._check_bag),
            ("layout", self._check_layout),
            ("checkpoints", self._read_checkpoints),
            ("anchors", self._read_anchors),
            ("ledger", self._check_ledgers),
            ("roots", self._check_roots),
            ("summary", self._check_summary),
            ("disclosure", self._check_disclosure),
            ("statement", self._check_statement),
            ("signatures", self._check_signatures),
            ("time stamps", self._check_stamps),
            ("heads", self._check_heads),
        )
        refused: Refusal | None = None
        for name, step in steps:
            if refused:
                self._say(name, "skipped", "not reached")
                continue
            try:
                self._say(name, "pass", step())
            except Refusal as refusal:
                refused = refusal
                self._say(name, "fail", str(refusal))
        self._conclude(refused)
        return self._report

    def _say(self, name: str, status: str, detail: str) -> None:
        self._report.checks.append(Check(name, status, detail))

    def _conclude(self, refused: Refusal | None) -> None:
        report = self._report
        if refused:
            report.verdict, report.reason = refused.verdict, str(refused)
        elif not self._keys:
            report.verdict = Verdict.UNPINNED
        elif all(report.covered(run.run) == run.size for run in report.runs):
            report.verdict = Verdict.VERIFIED
        else:
            report.verdict = Verdict.SIGNED
        report.not_proven = list(open_questions(report, self._names, self._keys))

    def _open(self) -> str:
        self._archive = Archive(self._file)
        self._names = self._archive.names
        return f"{len(self._names)} files, which can be read in one way only"

    def _check_version(self) -> str:
        check_version(self._archive)
        return "a bundle of version 1"

    def _check_bag(self) -> str:
        bag = check_bag(self._archive)
        self._report.identity, self._digests = bag.identity, bag.digests
        return "every file is listed, and is as it is listed"

    def _check_layout(self) -> str:
        self._runs = runs_of(self._names)
        return f"{len(self._runs)} run{'s' * (len(self._runs) > 1)}, and nothing that has no place"

    def _read_checkpoints(self) -> str:
        found = {run: read_checkpoints(self._archive, run) for run in self._runs}
        self._checkpoints = {run: each for run, each in found.items() if each is not None}
        names = {each.instance for each in self._checkpoints.values()}
        if len(names) > 1:
            raise Refusal("the runs' checkpoints are of several instances")
        self._instance = min(names, default=None)
        return f"{sum(len(each.all) for each in self._checkpoints.values())} checkpoints"

    def _read_anchors(self) -> str:
        sizes = anchors_of(self._names, self._runs)
        for run, each in sizes.items():
            self._anchors += read_anchors(self._archive, run, each, self._checkpoints.get(run))
        self._promptness = Promptness(sizes)
        return f"time stamps that lead to a run: {len(self._anchors)}"

    def _check_ledgers(self) -> str:
        look = self._watch if self._anchors and self._authority else self._look
        for run in self._runs:
            sizes = {each.size for each in self._heads if each.run == run}
            sizes |= {each.size for each in self._of(run)}
            try:
                told = Gathered() if DISCLOSURE in self._archive else None
                reader = RunReader(
                    self._archive, run, self._runs[run], self._digests, look=look, told=told
                )
                self._report.runs.append(reader.read(sizes))
            except Refusal as refusal:
                raise type(refusal)(f"run {run}: {refusal}") from None
        return "every line is canonical, every part is what was committed to, or accounted for"

    def _watch(self, entry: SeenEntry) -> None:
        self._promptness.look(entry)
        if self._look:
            self._look(entry)

    def _check_roots(self) -> str:
        for run in self._report.runs:
            for checkpoint in self._of(run.run):
                if checkpoint.size > run.size:
                    raise Refusal(
                        f"run {run.run}: a checkpoint has {checkpoint.size} entries and the ledger {run.size}:"
                        " its tail was cut"
                    )
                if run.roots[checkpoint.size] != checkpoint.root:
                    raise Refusal(
                        f"run {run.run}: its first {checkpoint.size} entries are not those of its checkpoint"
                    )
        return "every checkpoint's root is that of the lines"

    def _check_summary(self) -> str:
        if self._archive.read(SUMMARY, MAX_TAG_FILE_BYTES) != summarise(self._report.runs):
            raise Refusal(f"{SUMMARY}: says other than the ledger")
        return "computed from the ledger anew: the same"

    def _check_disclosure(self) -> str:
        if DISCLOSURE not in self._archive:
            return "the bundle has none"
        check_disclosure_version(self._archive)
        last = {run: each.last for run, each in self._checkpoints.items()}
        computed = sha256()
        for chunk in disclosure_chunks(self._report.runs, last):
            computed.update(chunk)
        if computed.digest() != self._digests[DISCLOSURE]:
            raise Refusal(f"{DISCLOSURE}: says other than the ledger")
        return "computed from the ledger anew: the same"

    def _check_statement(self) -> str:
        if SIGNATURE not in self._archive:
            return "the bundle has none"
        self._envelope = read_envelope(self._archive.read(SIGNATURE, MAX_ENVELOPE_BYTES))
        predicate = check_statement(self._envelope.payload, self._report.identity or "")
        if predicate.get("runs") != heads_of(self._report.runs):
            raise Refusal(f"{SIGNATURE}: its statement names other runs, sizes or roots")
        if self._instance is not None and predicate.get("instance") != self._instance:
            raise Refusal(f"{SIGNATURE}: its statement is of another instance than the checkpoints")
        return f"is about this {TAG_MANIFEST} and these heads"

    def _check_signatures(self) -> str:
        if not self._keys:
            return "not checked: you named no key, and none is taken from the bundle"
        signed = self._envelope.signers(self._keys) if self._envelope else []
        if not signed:
            raise Refusal(f"{SIGNATURE}: has no signature by a key that you named")
        for run in self._report.runs:
            of_run = self._checkpoints.get(run.run)
            if of_run is None or of_run.last.size != run.size:
                raise Refusal(
                    f"run {run.run}: has no checkpoint over all of its {run.size} entries"
                )
            signed += of_run.signers(self._keys)
        self._report.keys = sorted({each.label for each in signed})
        return "the bundle and the last checkpoint of each run are signed by a key that you named"

    def _check_stamps(self) -> str:
        if not self._anchors:
            return "the bundle has none"
        for anchor in self._anchors if self._keys else ():
            anchor.check_signed(self._keys)
        if self._authority is None:
            return f"{len(self._anchors)} present, not checked: name their authority with --tsa-ca"
        if not IS_AVAILABLE:
            return f"{len(self._anchors)} present, not checked: {MISSING}"
        stamped = [anchor.check(self._authority) for anchor in self._anchors]
        self._report.stamped = stamped
        for run in self._runs:
            self._report.prompt[run] = self._promptness.covered(run, stamped)
        return f"{len(stamped)} by an authority whose root you brought"

    def _check_heads(self) -> str:
        runs = {each.run: each for each in self._report.runs}
        concerned = [head for head in self._heads if head.run in runs]
        for head in concerned:
            run = runs[head.run]
            if head.size > run.size:
                raise Diverged(
                    f"run {run.run}: ends after {run.size} entries, and you hold a head of {head.size}"
                )
            if run.roots[head.size] != head.root:
                raise Diverged(
                    f"run {run.run}: its first {head.size} entries are not those that you hold a head of"
                )
            self._report.seen[run.run] = max(head.size, self._report.seen.get(run.run, 0))
        unknown = len(self._heads) - len(concerned)
        return f"{len(concerned)} agree" + (f", {unknown} of other runs" if unknown else "")

    def _of(self, run: str) -> Sequence[KnownHead]:
        found = self._checkpoints.get(run)
        return [KnownHead(run, each.size, each.root) for each in found.all] if found else []
