"""run.quieted"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.vocabulary import SilenceCause


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuieted(Event):
    """The server infers that a run is over: no end was reported, and nothing more is heard of it.

    What is reported of the run's work later takes this back, and a reported end always stands.
    """

    KIND: ClassVar[str] = "run.quieted"

    cause: SilenceCause = required("Why nothing more is expected.")
    quiet_seconds: int | None = fact("For how long at least nothing had been recorded.")
    ended_at: int | None = fact("The latest time that its nodes name, ns since 1970.", ns=True)
