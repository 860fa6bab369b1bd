"""Faults that a newcomer can mend, told in one sentence instead of a traceback."""

from __future__ import annotations

import errno
from pathlib import Path


class Trouble(Exception):
    """Its text is the sentence; whoever catches it prints that and exits 1."""


def explain(error: OSError) -> Trouble:
    """The sentence for a disk that is full, a place that may not be written, or the like."""
    place = error.filename or "the data directory"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Trouble(f"The disk is full: {place} could not be written. Free some space.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Trouble(f"{place} may not be written; set DATA_DIR to a place of your own.")
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return Trouble(f"{place} is in the way: a directory is needed there. Set DATA_DIR.")
    return Trouble(f"{place}: {error.strerror or error}.")


def last_words(log: Path) -> str:
    """The last line of a log that says something, for the end of a sentence."""
    try:
        lines = log.read_bytes()[-8192:].decode(errors="replace").splitlines()
    except OSError:
        return "it left no log"
    telling = [line.strip() for line in lines if line.strip()]
    grave = [line for line in telling if "FATAL" in line or "Error" in line or "No space" in line]
    return (grave or telling or ["it said nothing"])[-1][:300]
