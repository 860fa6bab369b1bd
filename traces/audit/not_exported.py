"""Why no bundle came of an export. Each message is one sentence for the person who asked."""

from __future__ import annotations


class NotExported(Exception):
    """No bundle was made, and no file is left."""


class TooLarge(NotExported):
    """The run is beyond what a bundle of version 1 may hold."""


class Damaged(NotExported):
    """The ledger is not what its hashes say: the message names the run, the entry and what differs."""
