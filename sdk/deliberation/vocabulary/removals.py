"""Why a text was taken out of a ledger."""

from __future__ import annotations

from enum import Enum


class RedactionRule(str, Enum):
    """What sort of text it was that had to go. The words themselves are told nowhere."""

    PERSONAL_DATA = "personal_data"
    """It speaks of a person who may ask that it does not."""
    SECRET = "secret"  # noqa: S105 - the word, and none
    """A password, a key, or something else that opens what it should not."""
    CONFIDENTIAL = "confidential"
    """Somebody's trade secret, or told in confidence."""
    RIGHTS = "rights"
    """Somebody else's work, which may not be kept."""
    COURT_ORDER = "court_order"
    """A court or an authority ordered it."""
    OTHER = "other"
    """Something else; the reason says what."""
