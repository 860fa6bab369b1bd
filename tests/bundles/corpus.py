"""All attacks."""

from __future__ import annotations

from tests.bundles import (
    attacks_disclosure,
    attacks_evidence,
    attacks_signature,
    attacks_stamps,
    attacks_zip,
)
from tests.bundles.attack import Attack

ATTACKS: list[Attack] = [
    *attacks_zip.corpus.attacks,
    *attacks_evidence.corpus.attacks,
    *attacks_disclosure.corpus.attacks,
    *attacks_signature.corpus.attacks,
    *attacks_stamps.corpus.attacks,
]
