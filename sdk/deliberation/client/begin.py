"""Begin a run with a given client."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deliberation.client.client import Client
from deliberation.client.clock import Clock
from deliberation.client.metering import make_meter, read_limits
from deliberation.client.recorder import Recorder
from deliberation.client.run import Run, lists_of_run
from deliberation.control import Gate, OnDisconnect
from deliberation.control.standing import OnSteer
from deliberation.ids import make_run_id
from deliberation.vocabulary import Budget, ReplayMode, Strategy
from deliberation.vocabulary.budget import write_limits


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
) -> Run:
    """Return a run to be entered, reported through `client`.

    `producer` and `randbytes` fix the names that are otherwise drawn at random: a program that does
    the same again with the same three (`run_id` too) reports the same facts, which are recorded
    once. `shared` reserves what the run spends at the server, so that other processes that `join` it spend from the
    same budget.
    """
    facts = {
        "task": task,
        "strategy": strategy,
        "name": name,
        "effort": effort,
        "session_id": session,
    }
    facts |= {"strategy_params": params, "tier": tier, "high_compute": high_compute}
    facts |= {"replay_of": replay_of, "replay_mode": replay_mode}
    limits = read_limits(client, budget)
    facts |= write_limits(limits)
    try:
        facts |= lists_of_run(models=models, tags=tags)
    except TypeError as error:
        client.refuse(f"run.started: {error}")
    policy = _policy(client, on_disconnect)
    gate = Gate(_run_id(client, run_id), on_disconnect=policy, on_steer=on_steer)
    gate.meter = make_meter(client, gate.run, limits, is_shared=shared)
    recorder = Recorder(
        client,
        gate.run,
        client.make_producer(producer),
        gate,
        now_ns=Clock(),
        randbytes=randbytes or client.randbytes,
    )
    return Run(recorder, facts)


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
