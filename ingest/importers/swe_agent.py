"""Trajectories of SWE-agent: one `.traj` file, one run.

`{"trajectory": [step…], "history": [message…], "info": {exit_status, submission, model_stats}, "environment",
"replay_config"}` (SWE-agent 0.5 to 1.x, `sweagent/types.py` and `AgentInfo` there). Tokens and cost are known for the
run as a whole only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deliberation.events import Event, NodeObserved, RunEnded, RunStarted
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
    Usage,
)
from ingest.importers.agent_run import ROOT, Turn, reported, tell_turn
from ingest.importers.base import ImportedRun, Importer, NotImportable
from ingest.importers.chat_messages import text_in
from ingest.importers.cut_json import CUT, parse_whole_or_cut
from ingest.importers.json_file import names_of_runs, read_bytes
from ingest.importers.json_text import json_text, rest_text
from ingest.importers.swe_agent_steps import read_turns
from ingest.importers.tot_name import published_name
from ingest.mapping.take import as_count

NAME = "swe_agent"
NO_CALLS = ("replay", "human", "human_thought", "instant_empty_submit")
"""SWE-agent's models that call nobody."""
FOLDER = re.compile(r"(?P<model>[^_].*?)__.+__t-(?P<temperature>\d+(?:\.\d+)?)__")
NOT_FREE = "the file says that it cost 0: no model was called or none had a price, so tokens or cost are not known"
NO_END = "the file does not say how the agent ended"
TOLD = ("trajectory", "history", "info", "environment", "replay_config", "attempts")
ATTEMPTS = "only the attempt that was chosen is read, of {count}"
LIMITS = ("exit_cost", "exit_context", "exit_total_execution_time", "exit_command_timeout")
ENDED = ("submitted", "exit_forfeit", "exit_command")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """What a file says of the run as a whole. `config` is the replay configuration, {} where there is none."""

    name: str
    task: str | None
    model: str | None
    config: Mapping[str, Any]
    info: Mapping[str, Any]
    usage: Usage | None
    cost: Cost | None
    turns: list[Turn]
    rest: Mapping[str, Any]


def sniff(path: Path, head: bytes) -> bool:
    """A JSON object called `.traj`, or one whose steps have an action, an observation and a thought."""
    names = (b'"trajectory"', b'"action"', b'"observation"', b'"response"', b'"thought"')
    is_object = head.lstrip()[:1] == b"{"
    return is_object and (path.suffix == ".traj" or all(name in head for name in names))


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield the run of a file. Raises `NotImportable`."""
    data = read_bytes(path)
    plain, is_cut = parse_whole_or_cut(path, data)
    if not isinstance(plain, Mapping) or not isinstance(plain.get("trajectory"), list):
        raise NotImportable(path, "is not a SWE-agent trajectory: it has no list 'trajectory'")
    warnings = [CUT] if is_cut else []
    found = _trajectory(path, plain, warnings)
    yield ImportedRun(
        known_by=names_of_runs(data)(0),
        tell=lambda run: _tell(found, run),
        size=1 + 2 * len(found.turns),
        warnings=warnings,
    )


def _trajectory(path: Path, plain: Mapping[str, Any], warnings: list[str]) -> Trajectory:
    config = _config(plain.get("replay_config"))
    info = _mapping(plain.get("info"))
    model = _model(path, config)
    turns = list(read_turns(plain, model, warnings))
    usage, cost = _spent(_mapping(info.get("model_stats")), warnings)
    attempts = plain.get("attempts")
    if isinstance(attempts, list) and len(attempts) > 1:
        warnings.append(ATTEMPTS.format(count=len(attempts)))
    if not info.get("exit_status"):
        warnings.append(NO_END)
    environment = plain.get("environment")
    rest = {name: value for name, value in plain.items() if name not in TOLD}
    rest |= {"environment": environment} if environment else {}
    return Trajectory(
        name=path.stem,
        task=_task(plain, config),
        model=model,
        config=config,
        info=info,
        usage=usage,
        cost=cost,
        turns=turns,
        rest=rest,
    )


def _tell(found: Trajectory, run: str) -> Iterator[Event]:
    """Yield the events of a run. No times: the file has none."""
    settings = _mapping(_mapping(found.config.get("agent")).get("model"))
    limit = reported(settings.get("per_instance_cost_limit"))
    yield RunStarted(
        run=run,
        key="start",
        name=found.name,
        task=found.task,
        strategy=Strategy.AGENT,
        strategy_params=rest_text(found.config),
        models=[found.model] if found.model else None,
        budgets={"usd": format(limit.amount, "f")} if limit and limit.amount else None,
        tags=["swe-agent"],
    )
    submission = found.info.get("submission")
    answer = submission if isinstance(submission, str) else None
    info = {name: value for name, value in found.info.items() if name != "submission"}
    yield NodeObserved(
        run=run,
        key=ROOT,
        node=ROOT,
        node_kind=NodeKind.AGENT,
        name="SWE-agent",
        status=NodeStatus.OK if found.info.get("exit_status") else NodeStatus.RUNNING,
        usage=found.usage,
        cost=found.cost,
        cost_basis=CostBasis.UNALLOCATED if found.usage or found.cost else None,
        input=found.task,
        output=answer,
        attributes=json_text({**found.rest, "info": info}),
    )
    for turn in found.turns:
        yield from tell_turn(turn, run)
    status = found.info.get("exit_status")
    if status:
        state = _state(str(status))
        yield RunEnded(run=run, key="end", state=state, answer=answer, stop_reason=str(status))


def _state(exit_status: str) -> ObservedState:
    """Return how the run ended; `submitted (exit_cost)` was cut off and handed in what there was."""
    if any(limit in exit_status for limit in LIMITS):
        return ObservedState.LIMIT_EXCEEDED
    return ObservedState.COMPLETED if exit_status in ENDED else ObservedState.FAILED


def _spent(stats: Mapping[str, Any], warnings: list[str]) -> tuple[Usage | None, Cost | None]:
    """Return the run's tokens and cost. A zero means that nobody counted: a call takes tokens, and they cost."""
    sent, received = as_count(stats.get("tokens_sent")), as_count(stats.get("tokens_received"))
    cost = reported(stats.get("instance_cost"))
    if stats and not (sent and cost and cost.amount):
        warnings.append(NOT_FREE)
    usage = Usage(input=sent, output=received) if sent else None
    return usage, cost if cost and cost.amount else None


def _model(path: Path, config: Mapping[str, Any]) -> str | None:
    """Return the model of the configuration, else the one that the run's folder is called after."""
    named = _mapping(_mapping(config.get("agent")).get("model")).get("name")
    if not isinstance(named, str) or not named:
        places = (path.resolve().parent, (published_name(path) or path).parent)
        found = next((hit for place in places if (hit := FOLDER.match(place.name))), None)
        named = found["model"] if found else None
    return None if named in NO_CALLS else named


def _task(plain: Mapping[str, Any], config: Mapping[str, Any]) -> str | None:
    """Return the issue: as configured, else what the user first said."""
    problem = _mapping(config.get("problem_statement"))
    text = problem.get("text")
    if isinstance(text, str) and text:
        return text
    history = plain.get("history")
    for item in history if isinstance(history, list) else []:
        if isinstance(item, Mapping) and item.get("role") == "user" and not item.get("is_demo"):
            return text_in(item.get("content"))
    return None


def _config(value: Any) -> Mapping[str, Any]:
    """Return the replay configuration: a value, or, in newer files, its JSON."""
    if isinstance(value, str):
        try:
            return _mapping(json.loads(value))
        except (ValueError, RecursionError):
            return {"text": value}
    return _mapping(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


SWE_AGENT = Importer(name=NAME, sniff=sniff, read=read)
