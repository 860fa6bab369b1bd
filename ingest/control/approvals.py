"""Where a program asks for an approval, and uses the permit that comes of it."""

from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse

from ingest.auth import Sender, authenticate
from ingest.control.after import poke_later
from ingest.control.named import find_named
from ingest.control.said import read_object, read_use, read_wish
from ingest.control.threads import in_thread
from ingest.control.told import tell_approval
from ingest.control.views import answer_json, control_door
from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.consume_permit import Consumed, Use, consume_permit
from traces.actions.request_approval import Requested, Wish, request_approval
from traces.queries.clock import read_clock


@control_door("POST")
async def ask(request: HttpRequest, run: str) -> HttpResponse:
    """Ask people about one exact action; the same action again is the same request."""
    sender = await authenticate(request.headers, "ingest")
    wish = read_wish(read_object(request.body))
    requested, now_ns = await in_thread(_ask, sender, run, wish)
    poke_later(requested.changes)
    approval = requested.approval
    left = max(0, approval.expires_ns - now_ns) / 1e9
    return answer_json({**tell_approval(approval), "expires_in_seconds": left})


@control_door("POST")
async def consume(request: HttpRequest, run: str, approval: str) -> HttpResponse:
    """Use a permit, right before the action: 200 once, and 409 for whatever it is not good for."""
    sender = await authenticate(request.headers, "ingest")
    use = read_use(read_object(request.body))
    try:
        consumed = await in_thread(_consume, sender, run, approval, use)
    except ApprovalConflict as conflict:
        poke_later(conflict.changes)
        raise
    poke_later(consumed.changes)
    return answer_json(tell_approval(consumed.approval))


def _ask(sender: Sender, name: str, wish: Wish) -> tuple[Requested, int]:
    now_ns = read_clock()
    requested = request_approval(
        project=sender.project,
        run_id=find_named(project=sender.project, name=name),
        wish=wish,
        by=f"key:{sender.key_prefix}",
        now_ns=now_ns,
        randbytes=os.urandom,
    )
    return requested, now_ns


def _consume(sender: Sender, name: str, approval: str, use: Use) -> Consumed:
    now_ns = read_clock()
    return consume_permit(
        project=sender.project,
        run_id=find_named(project=sender.project, name=name),
        approval_id=approval,
        use=use,
        by=f"key:{sender.key_prefix}",
        now_ns=now_ns,
        randbytes=os.urandom,
    )
