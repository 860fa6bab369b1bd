"""`data/derived/summary.json`: a pure function of the evidence, so that no true ledger wears a false summary."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from deliberation.bundle.run_evidence import RunEvidence
from deliberation.ledger.canonical import dump

FORMAT = "deliberation-summary/1"


def heads_of(runs: Sequence[RunEvidence]) -> list[dict[str, Any]]:
    """Return run, size and root of each run, as the signed statement has them."""
    return [
        {"root": b64encode(each.root).decode(), "run": each.run, "size": each.size} for each in runs
    ]


def summarise(runs: Sequence[RunEvidence]) -> bytes:
    """Return the canonical bytes of the summary."""
    described = [
        {
            **head,
            "kinds": dict(each.kinds),
            "parts": {"gone": each.gone, "shown": each.shown, "withheld": each.withheld},
        }
        for head, each in zip(heads_of(runs), runs, strict=True)
    ]
    return dump({"format": FORMAT, "runs": described}) + b"\n"
