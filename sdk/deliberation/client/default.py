"""The client that `deliberation.run` uses: one for the process, made on first use."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deliberation.client.begin import begin_run
from deliberation.client.client import Client
from deliberation.client.counts import Stats
from deliberation.client.joined import Joined, join_run
from deliberation.client.run import Run
from deliberation.client.settings import settings_from
from deliberation.control import OnDisconnect
from deliberation.control.standing import OnSteer
from deliberation.vocabulary import Budget, ReplayMode, Strategy

_lock = threading.Lock()
_clients: list[Client] = []


def default_client() -> Client:
    """Return the process's client; made from the environment, unless `configure` made it."""
    if not _clients:
        with _lock:
            if not _clients:
                _clients.append(Client(settings_from(os.environ)))
    return _clients[0]


def configure(
    *,
    url: str | None = None,
    key: str | None = None,
    spool: str | os.PathLike[str] | bool | None = None,
    heads_file: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    exit_seconds: float | None = None,
    spool_bytes: int | None = None,
    buffer_events: int | None = None,
) -> Client:
    """Make the process's client anew; the one before is closed, and runs begun with it stay with
    it.

    What is not given is taken from the environment (`INSPECTOR_URL`, `INSPECTOR_KEY`,
    `INSPECTOR_SPOOL`, `INSPECTOR_HEADS_FILE`), else has a default. `spool` is a directory, or False
    for none. `timeout` is for one request, `exit_seconds` bounds the wait at the end of a run and
    of the program.
    """
    settings = settings_from(
        os.environ,
        url=url,
        key=key,
        spool=spool,
        heads_file=heads_file,
        timeout=timeout,
        exit_seconds=exit_seconds,
        spool_bytes=spool_bytes,
        buffer_events=buffer_events,
    )
    with _lock:
        before = _clients[:]
        _clients[:] = [Client(settings)]
    for client in before:
        client.close()
    return _clients[0]


def run(
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
    """Return one deliberation on `task`, to be entered with `with` or `async with`.

    `strategy` is a word of `Strategy`; `params` its parameters (beam width, N, seed) as JSON
    values; `run_id` a UUID (version 7, or it is stored out of its month), made when not given.
    `shared` keeps its budget at the server, for all processes that `join` it.
    `on_disconnect` is a word of `OnDisconnect`. `on_steer` is called with each message of an
    operator at the next checkpoint, in the program's own thread; without it, messages wait for
    `run.checkpoint()`. `producer`, `randbytes` and `seed` are those of `begin_run`. Never raises; see `Client`.
    """
    return begin_run(
        default_client(),
        task,
        strategy=strategy,
        name=name,
        budget=budget,
        models=models,
        effort=effort,
        tags=tags,
        session=session,
        run_id=run_id,
        params=params,
        tier=tier,
        high_compute=high_compute,
        replay_of=replay_of,
        replay_mode=replay_mode,
        shared=shared,
        on_disconnect=on_disconnect,
        on_steer=on_steer,
        producer=producer,
        randbytes=randbytes,
        seed=seed,
    )


def join(run_id: Any, *, parent: Any = None) -> Joined:
    """Return a run that another process has begun with `shared=True`, to be entered with `with` or `async with`.

    Nodes begin in it, under `parent` (a node, or its id), and spend from its budget. Raises ValueError for an id
    that is none.
    """
    return join_run(default_client(), run_id, parent=parent)


def flush(timeout: float = 5.0) -> bool:
    """Wait at most `timeout` seconds until all that was reported is acknowledged.

    True when it is.
    """
    return _clients[0].flush(timeout) if _clients else True


def stats() -> Stats:
    """Return what became of all events of the process's client so far."""
    return _clients[0].stats() if _clients else Stats()
