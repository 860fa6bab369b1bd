"""What is known of tau-bench's results beyond their messages: tools, ends, the check, the name of the file.

Source: `sierra-research/tau-bench`, `tau_bench/run.py` and `envs/base.py`. An episode ends when the simulated user says
`###STOP###` or a terminating tool was called; else after 30 steps. The reward is 1 when the database is in the state
that the reference actions lead to, and the answer holds the outputs that the task names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deliberation.events import VerdictGiven
from deliberation.vocabulary import (
    Independence,
    ObservedState,
    SideEffect,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.agent_run import ROOT
from ingest.importers.chat_messages import text_in
from ingest.importers.json_text import rest_text
from ingest.importers.openai_trajectories_turns import ToolSense
from ingest.importers.tot_name import published_name
from ingest.mapping.take import as_float

STOP = "###STOP###"
TERMINATING = "transfer_to_human_agents"
PASSING = 1.0
ROUNDING = 1e-6
"""Upstream's own: `is_successful` is reward within 1e-6 of 1."""
RESULTS = re.compile(
    r"(?:tool-calling|act|react|few-shot)-(?P<model>.+?)-\d+(?:\.\d+)?_range_.*"
    r"|(?P<old>.+?)(?:-new)?-(?:airline|retail)"
)
DOMAINS = ("airline", "retail")
READS = re.compile(r"get_|find_|list_|search_")
WRITES = re.compile(r"book_|cancel_|exchange_|modify_|return_|send_|transfer_|update_")
COMPUTES = ("calculate", "think")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an episode ended, and on whose word."""

    state: ObservedState
    reason: str | None


def is_tau(entry: Mapping[str, Any]) -> bool:
    """Return True for an entry that tau-bench wrote."""
    return all(name in entry for name in ("task_id", "reward", "traj"))


def tau_name(path: Path, entry: Mapping[str, Any]) -> str:
    """Return what a run is called: its domain, task and trial."""
    domain = next((word for word in DOMAINS if word in path.stem), "tau-bench")
    trial = entry.get("trial")
    return f"{domain} {entry.get('task_id')}" + (f" trial {trial}" if trial is not None else "")


def model_of_file(path: Path) -> str | None:
    """Return the agent's model: it stands in the name of the file only, or in the name it was published under."""
    for named in (path, published_name(path)):
        found = RESULTS.fullmatch(named.stem) if named else None
        if found:
            return found["model"] or found["old"]
    return None


def end_of(last: Mapping[str, Any]) -> Ended:
    """Return how an episode ended, by its last message."""
    if last.get("role") == "user" and STOP in (text_in(last.get("content")) or ""):
        return Ended(state=ObservedState.COMPLETED, reason="user_stopped")
    if last.get("role") == "tool" and last.get("name") == TERMINATING:
        return Ended(state=ObservedState.COMPLETED, reason=TERMINATING)
    return Ended(state=ObservedState.LIMIT_EXCEEDED, reason="max_steps")


def verdict_of(entry: Mapping[str, Any], run: str) -> Iterator[VerdictGiven]:
    """Yield the environment's verdict on the run; nothing where the reward is no number."""
    reward = as_float(str(entry.get("reward")))
    if reward is None:
        return
    info = entry.get("info")
    passed = abs(reward - PASSING) <= ROUNDING
    yield VerdictGiven(
        run=run,
        key=f"{ROOT}:verdict",
        node=ROOT,
        verifier="tau-bench reward",
        verifier_kind=VerifierKind.CALCULATOR,
        outcome=VerdictOutcome.ACCEPT if passed else VerdictOutcome.REJECT,
        score=reward,
        scale_min=0.0,
        scale_max=1.0,
        threshold=PASSING,
        independence=Independence.DETERMINISTIC,
        saw_reference=True,
        evidence=rest_text(info.get("reward_info")) if isinstance(info, Mapping) else None,
    )


def _error_of(message: Mapping[str, Any]) -> str | None:
    """Return a tool's error: upstream gives the text of an exception back behind this word."""
    said = text_in(message.get("content"))
    return said if said and said.startswith("Error:") else None


def _side_effect_of(name: str | None) -> SideEffect | None:
    if name in COMPUTES:
        return SideEffect.NONE
    if name and READS.match(name):
        return SideEffect.READ
    return SideEffect.WRITE if name and WRITES.match(name) else None


TAU_TOOLS = ToolSense(error_of=_error_of, side_effect_of=_side_effect_of)
