"""A bundle, written file by file into one zip: docs/reference/ledger-and-bundle.md, from the writer's side.

Guarantee: what is written passes `deliberation verify`, or `NotExported` is raised. What a failure leaves in `out` is
no bundle, and is the caller's to throw away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple

from deliberation.bundle.bag import (
    DECLARATION,
    FORMAT,
    INFO,
    MANIFEST,
    PAYLOAD,
    SIGNATURE,
    TAG_MANIFEST,
)
from deliberation.bundle.disclosed import disclosure_chunks
from deliberation.bundle.layout import DERIVED, DISCLOSURE, SUMMARY
from deliberation.bundle.note import Checkpoint, read_checkpoint, split_notes
from deliberation.bundle.run_evidence import RunEvidence
from deliberation.bundle.summary import summarise
from deliberation.disclosure.gathering import Gathered
from traces.audit.evidence import write_evidence
from traces.audit.readme import README
from traces.audit.statement import make_statement
from traces.audit.stored import StoredRun
from traces.audit.withholding import NOTHING, Withholding
from traces.audit.zip_writer import Member, ZipWriter

REPORT = "report.html"
Sign = Callable[[bytes], bytes]
"""From a statement's bytes to the bytes of a DSSE envelope."""


class DerivedFile(NamedTuple):
    """A file that was computed from the ledger; its name stands under data/derived, or is report.html."""

    name: str
    chunks: Iterable[bytes]


Last = Mapping[str, Checkpoint]
"""The last checkpoint of each run that has one."""
Derive = Callable[[Sequence[RunEvidence], Last], Iterable[DerivedFile]]


class Written(NamedTuple):
    """A bundle: the SHA-256 of its tag manifest as hex, the bytes of its zip, and what stands in it of each run."""

    identity: str
    size: int
    runs: tuple[RunEvidence, ...]


def _derive_nothing(runs: Sequence[RunEvidence], last: Last) -> Iterable[DerivedFile]:
    return ()


def write_bundle(
    out: BinaryIO,
    *,
    runs: Sequence[StoredRun],
    made_at: dt.datetime,
    withholding: Withholding = NOTHING,
    derive: Derive = _derive_nothing,
    instance: str | None = None,
    sign: Sign | None = None,
    discloses: bool = False,
) -> Written:
    """Write a bundle of these runs into an empty file that can be sought. Raises `NotExported`.

    `derive` is asked for the derived files once the evidence stands. Without `sign` the bundle has no envelope.
    `discloses` answers the 24 questions from what the bundle shows.
    """
    with ZipWriter(out) as archive:
        archive.add("bagit.txt", (DECLARATION,))
        archive.add("README.txt", (README.encode(),))
        in_order = sorted(runs, key=lambda each: each.run)
        found = tuple(
            write_evidence(archive, each, withholding, Gathered() if discloses else None)
            for each in in_order
        )
        archive.add(SUMMARY, (summarise(found),))
        last = {each.run: _last_checkpoint(each) for each in in_order if each.proofs.notes}
        if discloses:
            archive.add(DISCLOSURE, disclosure_chunks(found, last))
        for file in derive(found, last):
            name = file.name if file.name == REPORT else DERIVED + file.name
            archive.add(name, file.chunks)
        identity = _write_manifests(archive, made_at)
        if sign is not None:
            archive.add(SIGNATURE, (sign(make_statement(identity, found, instance)),))
        return Written(identity, archive.close(), found)


def _last_checkpoint(stored: StoredRun) -> Checkpoint:
    return read_checkpoint(split_notes(stored.proofs.notes)[-1])


def _write_manifests(archive: ZipWriter, made_at: dt.datetime) -> str:
    payload = [each for each in archive.members.values() if each.name.startswith(PAYLOAD)]
    archive.add(INFO, (_info(payload, made_at).encode(),))
    archive.add(MANIFEST, _listed(payload))
    tags = [each for each in archive.members.values() if not each.name.startswith(PAYLOAD)]
    return archive.add(TAG_MANIFEST, _listed(tags)).digest.hex()


def _info(payload: Sequence[Member], made_at: dt.datetime) -> str:
    labels = {
        "Bundle-Format": FORMAT,
        "Payload-Oxum": f"{sum(each.size for each in payload)}.{len(payload)}",
        "Bagging-Date": made_at.date().isoformat(),
    }
    return "".join(f"{label}: {value}\n" for label, value in labels.items())


def _listed(members: Iterable[Member]) -> Iterator[bytes]:
    for each in sorted(members):
        yield f"{each.digest.hex()}  {each.name}\n".encode()
