"""Why a text was taken out of a ledger, and what two people must agree on while a legal hold stands."""

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


class RemovalKind(str, Enum):
    """What somebody asks to be taken away while a legal hold stands."""

    REDACT = "redact"
    """A text, for good."""
    EXPIRE = "expire"
    """All texts so far, for good."""
    EXPIRE_RUN = "expire_run"
    """The whole run: its entries too."""
    LIFT_HOLD = "lift_hold"
    """The legal hold itself."""


class RemovalOutcome(str, Enum):
    """What became of such a request."""

    AGREED = "agreed"
    """A second person agreed, and it was done."""
    DECLINED = "declined"
    """A second person did not."""
    WITHDRAWN = "withdrawn"
    """Whoever asked took it back."""
