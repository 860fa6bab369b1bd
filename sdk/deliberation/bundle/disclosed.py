"""`data/derived/disclosure.json`: 24 questions about each run, answered from the evidence alone.

A pure function of entries, of what is withheld or gone, and of the last checkpoint: no true ledger wears a false
disclosure. Its words are part of the version: another wording is another format.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deliberation.bundle.archive import Archive
from deliberation.bundle.layout import DISCLOSURE
from deliberation.bundle.note import Checkpoint
from deliberation.bundle.run_evidence import RunEvidence
from deliberation.bundle.verdict import Unsupported
from deliberation.disclosure.disclose import disclose
from deliberation.disclosure.questions import Answer
from deliberation.disclosure.surroundings import Surroundings
from deliberation.ledger.canonical import dump

FORMAT = "deliberation-disclosure/1"
BEGINS = b'{"format":"deliberation-disclosure/'
"""How the file of any version begins."""
MAX_BEGINNING = 256


def check_disclosure_version(archive: Archive) -> None:
    """Raises `Unsupported` when the file is of a version that this verifier does not compute."""
    first = next(archive.chunks(DISCLOSURE), b"")[:MAX_BEGINNING]
    if first.startswith(BEGINS) and not first.startswith(b'{"format":%s,' % dump(FORMAT)):
        raise Unsupported(f"{DISCLOSURE}: is of another version; this verifier computes {FORMAT}")


def disclosure_chunks(
    runs: Sequence[RunEvidence], last: Mapping[str, Checkpoint]
) -> Iterator[bytes]:
    """Yield the file's canonical bytes, run by run. `last` has the last checkpoint of each run that has one."""
    yield b'{"format":%s,"runs":[' % dump(FORMAT)
    for number, run in enumerate(runs):
        yield b"," * (number > 0) + dump(_of_run(run, last.get(run.run)))
    yield b"]}\n"


def answers_of(run: RunEvidence, last: Checkpoint | None) -> list[Answer]:
    """Return the answers that the evidence of a run gives. It must have been gathered for that."""
    assert run.told is not None
    return disclose(run.told, _around(run, last))


def _of_run(run: RunEvidence, last: Checkpoint | None) -> dict[str, Any]:
    return {
        "answers": [_plain(each) for each in answers_of(run, last)],
        "run": run.run,
        "size": run.size,
    }


def _plain(answer: Answer) -> dict[str, Any]:
    return {
        "answer": answer.answer,
        "evidence": list(answer.evidence),
        "number": answer.question.number,
        "question": answer.question.value,
        "source": answer.source.value,
        "status": answer.status.value,
    }


def _around(run: RunEvidence, last: Checkpoint | None) -> Surroundings:
    signers = [f"{each.name}+{each.id.hex()}" for each in last.signatures] if last else []
    return Surroundings(
        root=b64encode(run.root).decode(),
        signed_size=last.size if last else None,
        signed_by=", ".join(signers) or None,
        withheld=run.reasons,
        gone=run.gone,
    )
