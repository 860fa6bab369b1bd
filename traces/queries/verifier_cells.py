"""Which of a verifier's judgements a number counts, as words of an address and as conditions on their rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from deliberation.vocabulary import VerdictOutcome
from traces.queries.judgements import ACCEPT, BROKEN, REJECT, Truth
from traces.queries.verifier import Standing
from traces.queries.verifier_parts import RANKED_RUNS


class Cell(StrEnum):
    """Which of a verifier's judgements are listed."""

    ALL = "all"
    """Each node that it judged."""
    ACCEPT = "accept"
    """It said that the node passes."""
    REJECT = "reject"
    """It said that the node does not pass."""
    UNSURE = "unsure"
    """It abstained."""
    ERROR = "error"
    """It broke."""
    TIMEOUT = "timeout"
    """It ran out of time."""
    BROKEN = "broken"
    """It broke, or ran out of time."""
    UNDECIDED = "undecided"
    """It abstained or broke, or without a score a threshold decides nothing."""
    KNOWN = "known"
    """It decided, and the truth is known."""
    UNKNOWN = "unknown"
    """It decided, and nothing says what is true."""
    TRUE_ACCEPT = "true_accept"
    """It accepted what is right."""
    FALSE_ACCEPT = "false_accept"
    """It accepted what is wrong."""
    FALSE_REJECT = "false_reject"
    """It rejected what is right."""
    TRUE_REJECT = "true_reject"
    """It rejected what is wrong."""
    SCORED = "scored"
    """It gave a score, and the truth is known."""
    CALIBRATED = "calibrated"
    """It gave a score on a known scale from 0 to 1, and the truth is known."""
    RANKED = "ranked"
    """A candidate of a run all of whose candidates it scored, and whose truth is known."""
    SAW_REFERENCE = "saw_reference"
    """It had seen the reference answer."""
    SAME_MODEL = "same_model"
    """The model that wrote the answer judged it."""
    PRICED = "priced"
    """The verdict states what it cost."""
    BOTH = "both"
    """The verifier named by `against` decided it too."""
    DIFFER = "differ"
    """It and the verifier named by `against` say the opposite."""


DECIDED = "accepted IS NOT NULL"
KNOWN = f"{DECIDED} AND is_right IS NOT NULL"
CELLS = {
    Cell.ALL: "true",
    Cell.ACCEPT: f"outcome = '{ACCEPT}'",
    Cell.REJECT: f"outcome = '{REJECT}'",
    Cell.UNSURE: f"outcome NOT IN ('{ACCEPT}', '{REJECT}') AND outcome NOT IN {BROKEN}",
    Cell.ERROR: f"outcome = '{VerdictOutcome.ERROR.value}'",
    Cell.TIMEOUT: f"outcome = '{VerdictOutcome.TIMEOUT.value}'",
    Cell.BROKEN: f"outcome IN {BROKEN}",
    Cell.UNDECIDED: "accepted IS NULL",
    Cell.KNOWN: KNOWN,
    Cell.UNKNOWN: f"{DECIDED} AND is_right IS NULL",
    Cell.TRUE_ACCEPT: "accepted AND is_right",
    Cell.FALSE_ACCEPT: "accepted AND NOT is_right",
    Cell.FALSE_REJECT: "NOT accepted AND is_right",
    Cell.TRUE_REJECT: "NOT accepted AND NOT is_right",
    Cell.SCORED: "standing IS NOT NULL AND is_right IS NOT NULL",
    Cell.CALIBRATED: "confidence IS NOT NULL AND is_right IS NOT NULL",
    Cell.RANKED: f"is_candidate AND run_id IN ({RANKED_RUNS})",
    Cell.SAW_REFERENCE: "saw_reference",
    Cell.SAME_MODEL: "independence = 'same_model'",
    Cell.PRICED: "cost IS NOT NULL",
    Cell.BOTH: f"{DECIDED} AND other_outcome IN ('{ACCEPT}', '{REJECT}')",
    Cell.DIFFER: f"{DECIDED} AND other_outcome = CASE WHEN accepted THEN '{REJECT}' ELSE '{ACCEPT}' END",
}
AGAINST = (Cell.BOTH, Cell.DIFFER)


class Right(StrEnum):
    """What is true of a judged node."""

    YES = "yes"
    """It is right."""
    NO = "no"
    """It is wrong."""
    UNKNOWN = "unknown"
    """Nothing says."""


OF_STANDING = """AND verifier_kind IS NOT DISTINCT FROM %(kind)s
    AND independence IS NOT DISTINCT FROM %(independence)s AND saw_reference IS NOT DISTINCT FROM %(saw)s"""
RIGHT = {
    None: "",
    Right.YES: "AND is_right",
    Right.NO: "AND NOT is_right",
    Right.UNKNOWN: "AND is_right IS NULL",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCell:
    """Which judgements: a cell, for two of them against whom (NO_VERSION for no version); and of those the ones whose
    truth is such and is known in one way, and that say such a standing.
    """

    cell: Cell = Cell.ALL
    right: Right | None = None
    standing: Standing | None = None
    against: str | None = None
    against_version: str | None = None
    basis: Truth | None = None
