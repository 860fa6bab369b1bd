"""Trajectories in ATIF, the Agent Trajectory Interchange Format of Harbor and Terminal-Bench: one file, one run.

RFC 0001 (`rfcs/0001-trajectory-format.md` of harbor), versions 1.0 to 1.7: `{"schema_version": "ATIF-v1.7",
"session_id", "agent": {"name", "version", "model_name"}, "steps": [step…], "final_metrics", "subagent_trajectories"}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deliberation.events import Event, NodeObserved, RunEnded, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    CostBasis,
    Independence,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.agent_run import ROOT, tell_tool, tell_turn
from ingest.importers.atif_metrics import Account, Spent, account_for
from ingest.importers.atif_steps import Steps, read_steps
from ingest.importers.base import ImportedRun, Importer, NotImportable
from ingest.importers.cut_json import CUT, parse_whole_or_cut
from ingest.importers.json_file import names_of_runs, read_bytes
from ingest.importers.json_text import json_text
from ingest.mapping.take import as_float, fact_text

NAME = "atif"
VERSION = re.compile(rb'"schema_version"\s*:\s*"ATIF-v\d')
TOLD = ("steps", "subagent_trajectories")
MAX_DEPTH = 8
"""Of sub-agents within sub-agents; their ids grow with it."""
MAX_AGENTS = 1000
MAX_MODELS = 64
TOO_DEEP = (
    "sub-agents are nested deeper than {depth} or are more than {count}: the rest is left out"
)
REWARD = Path("verifier", "reward.txt")
PASSING = 1.0


@dataclass(slots=True, kw_only=True)
class Agent:
    """One trajectory: the file's own, or a sub-agent's within it."""

    node: str
    parent: str | None
    name: str
    plain: Mapping[str, Any]
    steps: Steps
    account: Account
    below: list[Agent] = field(default_factory=list)

    @property
    def spent(self) -> Spent:
        """What it and all below it account for."""
        return sum((each.spent for each in self.below), self.account.spent)


def sniff(path: Path, head: bytes) -> bool:
    """A JSON object that states its version of the format."""
    return head.lstrip()[:1] == b"{" and VERSION.search(head) is not None


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield the run of a file. Raises `NotImportable`."""
    data = read_bytes(path)
    plain, is_cut = parse_whole_or_cut(path, data)
    if not isinstance(plain, Mapping) or not isinstance(plain.get("steps"), list):
        raise NotImportable(path, "is not a trajectory in ATIF: it has no list 'steps'")
    warnings = [CUT] if is_cut else []
    main = _agent(plain, ROOT, None, warnings, [MAX_AGENTS])
    agents = list(_all(main))
    reward = _reward(path)
    yield ImportedRun(
        known_by=names_of_runs(data)(0),
        tell=lambda run: _tell(path, agents, reward, run, is_cut=is_cut),
        size=sum(1 + sum(1 + len(turn.tools) for turn in agent.account.turns) for agent in agents),
        warnings=warnings,
    )


def _agent(
    plain: Mapping[str, Any], node: str, parent: str | None, warnings: list[str], room: list[int]
) -> Agent:
    """Return an agent with those below it; `room` is how many more are taken."""
    about = _mapping(plain.get("agent"))
    name, model, steps = about.get("name"), about.get("model_name"), plain.get("steps")
    told: list[str] = []
    found = read_steps(
        steps if isinstance(steps, list) else [],
        node,
        model if isinstance(model, str) else None,
        told,
    )
    below = list(_below(plain, node, found, warnings, room))
    spent = sum((each.spent for each in below), Spent())
    account = account_for(_mapping(plain.get("final_metrics")), found.turns, spent, told)
    warnings += told if parent is None else [f"{node}: {text}" for text in told]
    return Agent(
        node=node,
        parent=parent,
        name=name if isinstance(name, str) and name else "agent",
        plain=plain,
        steps=found,
        account=account,
        below=below,
    )


def _below(
    plain: Mapping[str, Any], node: str, steps: Steps, warnings: list[str], room: list[int]
) -> Iterator[Agent]:
    subs = plain.get("subagent_trajectories")
    for place, sub in enumerate(subs if isinstance(subs, list) else [], 1):
        room[0] -= 1
        if node.count(".") >= MAX_DEPTH or room[0] < 0:
            warnings.append(TOO_DEEP.format(depth=MAX_DEPTH, count=MAX_AGENTS))
            return
        if isinstance(sub, Mapping):
            yield _agent(sub, f"{node}.{place}", _caller(sub, steps) or node, warnings, room)


def _caller(sub: Mapping[str, Any], steps: Steps) -> str | None:
    """Return the node of the tool call that names a sub-agent: by its trajectory's id, in older files its session's."""
    for name in ("trajectory_id", "session_id"):
        own = sub.get(name)
        found = (node for ref, node in steps.refs if own is not None and ref.get(name) == own)
        node = next(found, None)
        if node is not None:
            return node
    return None


def _all(agent: Agent) -> Iterator[Agent]:
    yield agent
    for each in agent.below:
        yield from _all(each)


def _tell(
    path: Path, agents: list[Agent], reward: float | None, run: str, *, is_cut: bool
) -> Iterator[Event]:
    main = agents[0]
    models = {turn.model: None for agent in agents for turn in agent.account.turns if turn.model}
    session = main.plain.get("session_id")
    yield RunStarted(
        run=run,
        key="start",
        name=f"{main.name} {_trial(path)}",
        task=main.steps.task,
        strategy=Strategy.AGENT,
        models=list(models)[:MAX_MODELS] or None,
        effort=fact_text(main.steps.effort),
        session_id=fact_text(session if isinstance(session, str) else None),
        tags=["atif"],
    )
    for agent in agents:
        yield from _tell_agent(agent, run)
    if reward is not None:
        yield _verdict(reward, run)
    if not is_cut:
        yield RunEnded(run=run, key="end", state=ObservedState.COMPLETED, answer=main.steps.answer)


def _tell_agent(agent: Agent, run: str) -> Iterator[Event]:
    rest = {name: value for name, value in agent.plain.items() if name not in TOLD}
    if agent.steps.after:
        rest["messages_after_the_last_call"] = agent.steps.after
    left = agent.account
    yield NodeObserved(
        run=run,
        key=agent.node,
        node=agent.node,
        parent=agent.parent,
        node_kind=NodeKind.AGENT,
        name=agent.name,
        status=NodeStatus.OK,
        started_at=next((turn.started_at for turn in agent.account.turns if turn.started_at), None),
        usage=left.usage,
        cost=left.cost,
        cost_basis=CostBasis.UNALLOCATED if left.usage or left.cost else None,
        input=agent.steps.task,
        output=agent.steps.answer,
        attributes=json_text(rest),
    )
    for turn in agent.account.turns:
        yield from tell_turn(turn, run)
    for tool in agent.steps.dispatched:
        yield tell_tool(tool, run)


def _trial(path: Path) -> str:
    """Return what a trajectory is of: Harbor keeps each in `<job>/<trial>/agent/trajectory.json`."""
    return path.parent.parent.name if path.parent.name == "agent" else path.stem


def _reward(path: Path) -> float | None:
    """Return the reward that Harbor's verifier left beside the agent's folder, if it did."""
    if path.parent.name != "agent":
        return None
    try:
        with (path.parent.parent / REWARD).open(encoding="utf-8", errors="replace") as file:
            return as_float(file.read(64).strip())
    except OSError:
        return None


def _verdict(reward: float, run: str) -> VerdictGiven:
    # The task's own tests; what they were written from is not said.
    return VerdictGiven(
        run=run,
        key=f"{ROOT}:verdict",
        node=ROOT,
        verifier="harbor verifier",
        verifier_kind=VerifierKind.UNIT_TEST,
        outcome=VerdictOutcome.ACCEPT if reward >= PASSING else VerdictOutcome.REJECT,
        score=reward,
        scale_min=0.0,
        scale_max=1.0,
        threshold=PASSING,
        independence=Independence.DETERMINISTIC,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


ATIF = Importer(name=NAME, sniff=sniff, read=read)
