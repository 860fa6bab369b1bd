"""What stands between a step and its beginning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from deliberation.control.spending.account import Account
from deliberation.control.spending.hit import Hit

if TYPE_CHECKING:
    from deliberation.control.standing import Standing


class Way(Enum):
    """What whoever wants to begin has to do about it."""

    END = "end"
    """The run is to stop."""
    HELD = "held"
    """The run is held: wait at its gate."""
    WAIT = "wait"
    """Wait until others give back what they do not take."""
    LATER = "later"
    """Ask the server again in a moment: other processes have reserved what is wanted."""
    PAUSE = "pause"
    """Wait until the server has placed the hold that a limit asks for."""
    ASK = "ask"
    """Ask a person for more."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One of them. `gate` is that of the run whose limit it is."""

    way: Way
    gate: Standing
    account: Account | None = None
    hit: Hit | None = None
