"""Whether a run can be a bundle at all, from what its storage counts, before anything is written."""

from __future__ import annotations

from typing import NamedTuple

from deliberation.bundle.bounds import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES
from traces.audit.not_exported import TooLarge

OTHER_FILES = 64
"""More than a bundle has besides the large texts of one run."""


class LedgerSize(NamedTuple):
    """How much a run has: `lines` and `small` in bytes; `large` texts over 65,536 bytes with `large_bytes` together."""

    entries: int
    lines: int
    small: int
    large: int
    large_bytes: int


def check_fits(size: LedgerSize) -> None:
    """Raises `TooLarge` for a run that is surely beyond a bundle. What is only found while writing is refused then."""
    events = size.lines + size.entries
    if events > MAX_FILE_BYTES:
        raise TooLarge(
            f"its {size.entries:,} entries have {events:,} bytes; a file has at most {MAX_FILE_BYTES:,}"
        )
    if size.large > MAX_FILES - OTHER_FILES:
        raise TooLarge(
            f"it has {size.large:,} texts over 65,536 bytes; a bundle has at most {MAX_FILES:,} files"
        )
    total = events + size.small + size.large_bytes
    if total > MAX_TOTAL_BYTES:
        raise TooLarge(f"it has {total:,} bytes; a bundle has at most {MAX_TOTAL_BYTES:,}")
