"""An action that waits for a person, and was not allowed."""

from __future__ import annotations


class NotApproved(Exception):
    """An action may not be done: it was refused, or nobody allowed it in time.

    Raised where the action would have begun, so nothing of it was done. The program may go on
    without it; a refusal that ends the run as well is `Stopped`.
    """
