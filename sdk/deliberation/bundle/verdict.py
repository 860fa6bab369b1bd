"""What a verification can come to, and how it says no."""

from __future__ import annotations

from enum import IntEnum


class Verdict(IntEnum):
    """The value is the exit code of the command."""

    VERIFIED = 0
    """Signed by a key that you named, and all of it is what you, or somebody you trust, had seen or stamped before."""
    USAGE = 2
    """The command was called wrongly; nothing was checked."""
    SIGNED = 10
    """Signed by a key that you named; whoever holds that key could have rewritten it before you saw it."""
    UNPINNED = 20
    """Consistent in itself. You named no key, so anybody may have made it."""
    DIVERGED = 30
    """Valid in itself, and contradicts a head that you hold. Keep both: this is evidence."""
    INVALID = 40
    """A check failed."""
    UNSUPPORTED = 50
    """Of a version, or of a kind, that this verifier does not know."""


class Refusal(Exception):
    """A bundle does not pass; the message is the reason, one sentence."""

    verdict = Verdict.INVALID


class Unsupported(Refusal):
    """A bundle of another version."""

    verdict = Verdict.UNSUPPORTED


class Diverged(Refusal):
    """A bundle that contradicts a head that was seen before."""

    verdict = Verdict.DIVERGED


class Misuse(Exception):
    """What was given on the command line cannot be used; the message says why."""
