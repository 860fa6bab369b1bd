"""The page of a run's replays: what it is itself as a replay, ask for one, watch how far each is."""

from __future__ import annotations

import os
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deliberation.vocabulary import ReplayMode
from traces.actions.ask_for_replay import NotReplayable, ask_for_replay, cancel_replay
from traces.actions.conflict import Unfit
from traces.models.access import MAY_COMMAND
from traces.models.replay import ReplayStage
from traces.queries import runs
from traces.queries.access import NotAllowed, see_run, told_roles, viewer_of
from traces.queries.clock import read_clock
from traces.queries.divergences import list_divergences
from traces.queries.replay_page import (
    obstacles_of,
    read_program,
    read_repetition,
    remainder_of,
    spent_limits,
)
from traces.queries.replays import get_replay, list_replays
from traces.queries.runners import is_served
from traces.templatetags.replay_words import limit_name
from traces.views.access import for_changes, for_people
from traces.views.replay_form import FIELDS, read_wish, tell_wrong
from traces.views.see_other import see_other

MAX_NODE_CHARS = 64


def of_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The replays of a run, and the form for one; a POST asks for it."""
    return ask(request, run_id) if request.method == "POST" else page(request, run_id)


@for_people
def page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The page; `?from=` names the node of a fork."""
    return _page(request, run_id)


@for_changes
def ask(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask for a replay; a runner does it."""
    viewer = viewer_of(request.user)
    run = see_run(viewer, run_id)
    if viewer.roles.get(run.project_id) not in MAY_COMMAND:
        raise NotAllowed(told_roles(MAY_COMMAND))
    try:
        ask_for_replay(
            run=run,
            wish=read_wish(request.POST),
            by=viewer.by,
            now_ns=read_clock(),
            randbytes=os.urandom,
        )
    except Unfit as unfit:
        return _page(request, run_id, error=tell_wrong(unfit), status=400)
    except NotReplayable as refused:
        return _page(request, run_id, error=str(refused), status=409)
    return see_other("run-replays", run_id=run_id)


@for_people
def list_of_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The list alone, as it is now."""
    context = _listed(request, run_id) | {"run": runs.get_run(who=request.user, run_id=run_id)}
    return render(request, "replays/_list.html", context)


@for_changes
def cancel(request: HttpRequest, replay_id: uuid.UUID) -> HttpResponse:
    """End a replay that is not over; one that is stays as it is."""
    viewer = viewer_of(request.user, MAY_COMMAND)
    found = get_replay(who=viewer, replay_id=replay_id)
    cancel_replay(replay_id=found.id, by=viewer.by, now_ns=read_clock())
    return see_other("run-replays", run_id=found.of_run)


def _page(
    request: HttpRequest,
    run_id: uuid.UUID,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    who, now_ns = viewer_of(request.user), read_clock()
    sent = _sent(request)
    obstacles = obstacles_of(who=who, run_id=run_id)
    repetition = read_repetition(who=who, run_id=run_id)
    context = _listed(request, run_id) | {
        "run": runs.get_run(who=who, run_id=run_id),
        "obstacles": {mode.value: found for mode, found in obstacles.items()},
        "is_replayable": not all(obstacles.values()),
        "modes": [mode.value for mode in ReplayMode],
        "chosen": sent.get("mode") or _first(obstacles),
        "program": read_program(who=who, run_id=run_id, now_ns=now_ns),
        "limits": _limits(who, run_id, sent, now_ns),
        "spent": [
            limit_name(each.value) for each in spent_limits(who=who, run_id=run_id, now_ns=now_ns)
        ],
        "repetition": repetition,
        "divergences": list_divergences(who=who, run_id=run_id) if repetition else None,
        "ticket": uuid.uuid4(),
        "sent": sent,
        "error": error,
    }
    return render(request, "replays/page.html", context, status=status)


def _listed(request: HttpRequest, run_id: uuid.UUID) -> dict[str, Any]:
    viewer = viewer_of(request.user)
    run = see_run(viewer, run_id)
    rows = list_replays(who=viewer, run_id=run_id)
    waits = any(row.stage is ReplayStage.WAITING for row in rows)
    return {
        "replays": rows,
        "is_busy": any(not row.is_over or _is_unjudged(row) for row in rows),
        "may_ask": viewer.roles.get(run.project_id) in MAY_COMMAND,
        "nobody_serves": waits
        and not is_served(run.project_id, run.entry_point or "", read_clock()),
    }


def _is_unjudged(row: Any) -> bool:
    return row.judged is None and row.stage is ReplayStage.COMPLETED


def _first(obstacles: Any) -> str:
    return next((mode.value for mode in ReplayMode if not obstacles[mode]), "")


def _limits(who: Any, run_id: uuid.UUID, sent: dict[str, str], now_ns: int) -> list[dict[str, Any]]:
    """Return a field for each limit that the run has, with what a fork would inherit of it."""
    left = remainder_of(who=who, run_id=run_id, node_id=sent.get("from_node"), now_ns=now_ns)
    names = dict.fromkeys([*(each.value for each in left), "usd", "tokens", "model_calls"])
    inherited = {each.value: limit.hard for each, limit in left.items()}
    return [
        {"name": name, "left": inherited.get(name), "sent": sent.get(f"budget_{name}", "")}
        for name in names
    ]


def _sent(request: HttpRequest) -> dict[str, str]:
    """Return what the form held, or what the address asks to be filled in."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in (*FIELDS, *request.POST)}
    node = request.GET.get("from", "")[:MAX_NODE_CHARS]
    return {"from_node": node, "mode": ReplayMode.FORK.value} if node else {}
