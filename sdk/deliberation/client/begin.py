"""Begin a run with a given client."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deliberation.client.client import Client
from deliberation.client.clock import Clock
from deliberation.client.metering import make_meter, read_limits
from deliberation.client.producer import Producer
from deliberation.client.recorder import Recorder
from deliberation.client.run import Run, lists_of_run
from deliberation.control import Gate, OnDisconnect, Stopped
from deliberation.control.standing import OnSteer
from deliberation.ids import make_run_id
from deliberation.replay import Keys, Replay, active_replay, facts_of_entry
from deliberation.vocabulary import Budget, ReplayMode, Strategy
from deliberation.vocabulary.budget import write_limits

ONE_RUN = "a replay is one run, of one process: only the first that its entry point begins can be repeated"


def begin_run(
    client: Client,
    task: Any,
    *,
    strategy: Strategy | str | None = None,
    name: str | None = None,
    budget: Budget | Mapping[str, Any] | None = None,
    models: Sequence[str] | None = None,
    effort: str | None = None,
    tags: Sequence[str] | None = None,
    session: str | None = None,
    run_id: str | None = None,
    params: Any = None,
    tier: str | None = None,
    high_compute: bool | None = None,
    replay_of: str | None = None,
    replay_mode: ReplayMode | str | None = None,
    shared: bool = False,
    on_disconnect: OnDisconnect | str = OnDisconnect.CONTINUE,
    on_steer: OnSteer | None = None,
    producer: str | None = None,
    randbytes: Callable[[int], bytes] | None = None,
    seed: int | str | None = None,
) -> Run:
    """Return a run to be entered, reported through `client`.

    `producer` and `randbytes` fix the names that are otherwise drawn at random: a program that does
    the same again with the same three (`run_id` too) reports the same facts, which are recorded
    once. `seed` fixes `run.random` and all streams. `shared` reserves what the run spends at the server, so that other
    processes that `join` it spend from the same budget.
    """
    active = active_replay()
    replay = active if active is not None and active.claim() else None
    facts = {"task": task, "strategy": strategy, "name": name, "effort": effort, "tier": tier}
    facts |= {"strategy_params": params, "session_id": session, "high_compute": high_compute}
    facts |= {"replay_of": replay_of, "replay_mode": replay_mode, **facts_of_entry()}
    facts |= facts_of_replay(replay)
    limits = read_limits(client, budget)
    if replay is not None:
        limits, run_id = replay.job.limited(limits), replay.job.run_id
    facts |= write_limits(limits)
    try:
        facts |= lists_of_run(models=models, tags=tags)
    except TypeError as error:
        client.refuse(f"run.started: {error}")
    policy = _policy(client, on_disconnect)
    gate = Gate(_run_id(client, run_id), on_disconnect=policy, on_steer=on_steer)
    gate.meter = make_meter(client, gate.run, limits, is_shared=shared)
    if active is not None and (replay is None or shared):
        gate.halt(Stopped(ONE_RUN))
    names = client.make_producer(producer), randbytes or client.randbytes
    return Run(_recorder(client, gate, *names, replay), facts, seed=seed)


def facts_of_replay(replay: Replay | None) -> dict[str, Any]:
    """Return the fields of `run.started` for a run that repeats another."""
    if replay is None:
        return {}
    job = replay.job
    facts = {"replay_of": job.of_run, "replay_mode": job.mode}
    return {**facts, "replay_job": job.id, "from_node": job.from_node}


def _recorder(
    client: Client,
    gate: Gate,
    producer: Producer,
    randbytes: Callable[[int], bytes],
    replay: Replay | None,
) -> Recorder:
    return Recorder(
        client,
        gate.run,
        producer,
        gate,
        now_ns=Clock(),
        randbytes=randbytes,
        keys=Keys() if client.enabled or replay is not None else None,
        replay=replay,
    )


def _policy(client: Client, given: OnDisconnect | str) -> OnDisconnect:
    try:
        return OnDisconnect(given)
    except ValueError:
        client.refuse(f"on_disconnect: must be one of {', '.join(OnDisconnect)}")
        return OnDisconnect.CONTINUE


def _run_id(client: Client, given: str | None) -> str:
    if given is not None:
        try:
            return str(uuid.UUID(str(given)))
        except ValueError:
            client.refuse("run: must be a UUID; another one was made")
    return make_run_id(client.now_ns(), client.randbytes)
