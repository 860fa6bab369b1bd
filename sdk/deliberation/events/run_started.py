"""run.started"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part
from deliberation.vocabulary import ReplayMode, Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """The instrumented system begins a deliberation and states how it means to go about it."""

    KIND: ClassVar[str] = "run.started"

    name: str | None = part("What the run is called in lists.")
    task: str | None = part("The question or goal.")
    strategy: Strategy | None = fact("The form of test-time compute.")
    strategy_params: str | None = part("Its parameters as JSON: beam width, N, temperature, seed.")
    models: list[str] | None = fact("The models it means to call.")
    effort: str | None = fact("The reasoning effort asked of the provider.")
    tier: str | None = fact("The service tier the user is on.")
    high_compute: bool | None = fact("Whether the system calls this its high-compute mode.")
    budgets: dict[str, str] | None = fact("Hard limits by dimension, as decimal strings.")
    soft_budgets: dict[str, str] | None = fact("Soft limits by dimension, as decimal strings.")
    on_hit: dict[str, str] | None = fact("What happens at a hard limit, where it is not stop.")
    on_soft: dict[str, str] | None = fact("What happens at a soft limit, where it is not warn.")
    session_id: str | None = part("The conversation or session it belongs to.")
    tags: list[str] | None = fact("Words to find it by.")
    replay_of: str | None = fact("The run that this one replays.")
    replay_mode: ReplayMode | None = fact("How it does that.")
    producer: str | None = fact("The process that reports, as it names itself.")
