"""What is signed of a bundle: an in-toto statement on its tag manifest, with the heads of its runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deliberation.bundle.bag import TAG_MANIFEST
from deliberation.bundle.dsse import PREDICATE, STATEMENT
from deliberation.bundle.run_evidence import RunEvidence
from deliberation.bundle.summary import heads_of
from deliberation.ledger.canonical import dump


def make_statement(identity: str, runs: Sequence[RunEvidence], instance: str | None) -> bytes:
    """Return the canonical bytes of the statement about a bundle. `instance` is the name that its checkpoints have."""
    predicate: dict[str, Any] = {"runs": heads_of(runs)}
    if instance is not None:
        predicate["instance"] = instance
    return dump(
        {
            "_type": STATEMENT,
            "predicate": predicate,
            "predicateType": PREDICATE,
            "subject": [{"digest": {"sha256": identity}, "name": TAG_MANIFEST}],
        }
    )
