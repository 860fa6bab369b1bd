"""What stands in the log of the instance."""

from __future__ import annotations

from enum import Enum
from typing import Self


class InstanceKind(Enum):
    """A kind of entry and its facts. Facts are short and no person's words; who did it is the line's `by`."""

    kind: str
    facts: frozenset[str]

    def __new__(cls, kind: str, facts: str) -> Self:
        """Make a member of a kind's name and the names of its facts."""
        member = object.__new__(cls)
        member._value_ = member.kind = kind
        member.facts = frozenset(facts.split())
        return member

    LOG_OPENED = "run.opened", "source"
    """The log begins, as every log of these lines does. Always its first entry, and no other."""
    RUN_CHECKPOINT = "run.checkpoint", "root run size"
    """A run's ledger was signed at this size; whoever compares instance heads sees that the run was there."""
    BUNDLE_EXPORTED = "bundle.exported", "bundle root run size withheld"
    """A run left in a bundle (its identity), so many entries of it, with so many parts withheld. One for each run."""
    BUNDLE_IMPORTED = "bundle.imported", "bundle origin run size verdict"
    """A run of another instance came in a bundle, which the verifier called so."""
    PART_REDACTED = "part.redacted", "entry part run seq"
    """A part of an entry was taken away, as the run's own entry `seq` says."""
    CONTENT_EXPIRED = "content.expired", "before run seq"
    """All parts before an entry were taken away, as the run's own entry `seq` says."""
    RUN_EXPIRED = "run.expired", "root run size"
    """A whole run was taken away; so it was when it went."""
    HOLD_PLACED = "legal_hold.placed", "run seq"
    """A run is kept whatever its retention says, as the run's own entry `seq` says."""
    HOLD_LIFTED = "legal_hold.lifted", "run seq"
    """A run is no longer held."""
    PROJECT_HELD = "project_hold.placed", "hold project"
    """All runs of a project are kept whatever its retention says."""
    PROJECT_RELEASED = "project_hold.lifted", "hold project"
    """They are no longer held: somebody had asked, and the line's `by` agreed."""
    RETENTION_SET = "retention.set", "content_days project run_days"
    """How long a project keeps texts and runs, in days; null for always."""
    KEY_ADDED = "key.added", "key"
    """A key signs from now on, beside those before it. `key` is its public half, as C2SP writes it."""
    KEY_RETIRED = "key.retired", "key"
    """A key signs no longer, and its secret is erased."""
