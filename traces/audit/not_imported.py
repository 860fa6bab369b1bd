"""Why nothing came of a bundle. The message is one sentence for the person who brought it."""

from __future__ import annotations


class NotImported(Exception):
    """Nothing of the bundle was taken."""
