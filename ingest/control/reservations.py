"""Where the processes of one run reserve at the server what their next step may spend, and settle what it came to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ingest.auth import Sender, authenticate
from ingest.control.named import find_named
from ingest.control.said import read_object
from ingest.control.spending import (
    Amounts,
    read_spent,
    read_wanted,
    tell_reserved,
    tell_short,
    tell_spending,
)
from ingest.control.threads import in_thread
from ingest.control.views import answer_json, control_door
from traces.actions.reserve_spending import Reserved, Short, Wanted, reserve_spending
from traces.actions.settle_reservation import settle_reservation
from traces.queries.budget_lines import BudgetRow
from traces.queries.clock import read_clock


@control_door("POST")
async def reserve(request: HttpRequest, run: str) -> HttpResponse:
    """Keep aside what a step may take: all of it, or 409 with what is short; the same id is the same reservation."""
    sender = await authenticate(request.headers, "ingest")
    wanted = read_wanted(read_object(request.body))
    try:
        return answer_json(tell_reserved(await in_thread(_reserve, sender, run, wanted)))
    except Short as short:
        return answer_json(tell_short(short), status=409)


@control_door("POST")
async def settle(request: HttpRequest, run: str, reservation: str) -> HttpResponse:
    """Say what a step came to, once; also after its reservation ran out."""
    sender = await authenticate(request.headers, "ingest")
    spent = read_spent(read_object(request.body))
    rows = await in_thread(_settle, sender, run, reservation, spent)
    return answer_json({"budgets": [tell_spending(row) for row in rows]})


@control_door("POST")
async def release(request: HttpRequest, run: str, reservation: str) -> HttpResponse:
    """Give back all of it: the step spent nothing."""
    sender = await authenticate(request.headers, "ingest")
    rows = await in_thread(_settle, sender, run, reservation, {})
    return answer_json({"budgets": [tell_spending(row) for row in rows]})


def _reserve(sender: Sender, name: str, wanted: Wanted) -> Reserved:
    run_id = find_named(project=sender.project, name=name)
    return reserve_spending(
        project=sender.project, run_id=run_id, wanted=wanted, now_ns=read_clock()
    )


def _settle(sender: Sender, name: str, reservation: str, spent: Amounts) -> list[BudgetRow]:
    run_id = find_named(project=sender.project, name=name)
    return settle_reservation(
        project=sender.project,
        run_id=run_id,
        reservation_id=reservation,
        spent=spent,
        now_ns=read_clock(),
    )
