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
    replay_job: str | None = fact("The job that asked for the replay.")
    from_node: str | None = fact("The node of the replayed run from which a fork is live.")
    entry_point: str | None = fact(
        "The function that it can be begun again by, as module:function."
    )
    entry_version: str | None = fact("The version of that function, as its author states it.")
    code_digest: str | None = fact("The SHA-256 of that function's source files, as sha256:….")
    parameters: str | None = part("What that function was called with, as JSON.")
    producer: str | None = fact("The process that reports, as it names itself.")
