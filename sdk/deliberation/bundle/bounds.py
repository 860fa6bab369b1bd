"""How much of anything a verifier reads. A bundle beyond these is refused, whoever signed it."""

from __future__ import annotations

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30

MAX_FILES = 65_534  # one below what needs zip64
MAX_FILE_BYTES = 2 * GIB - 1
MAX_TOTAL_BYTES = 4 * GIB
MAX_NAME_CHARS = 240
MAX_TAG_FILE_BYTES = 16 * MIB  # manifests of 65,534 files fit
MAX_LINE_BYTES = 4 * MIB
MAX_DEPTH = 8
MAX_INLINE_PART_BYTES = 64 * KIB
MAX_RUNS = 1_000
MAX_KINDS = 1_000  # of entries, in a run
MAX_CLOSED_PARTS = 2_000_000  # of a run: the only thing that is kept of each
MAX_ENVELOPE_BYTES = MIB
MAX_SIGNATURES = 64
MAX_NOTE_BYTES = 64 * KIB
MAX_NOTES = 100_000
MAX_ANCHORS = 1_000  # of a run
MAX_PROOF_HASHES = 64
MAX_LOG_SIZE = 2**53
