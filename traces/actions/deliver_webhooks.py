"""Deliver: post what webhooks are to be told, and note how that went.

Guarantee: at least once, under one id, in no promised order (`seq` and the times in the body order it). Whoever tries a
message first moves the time of its next try, so that no other process tries it meanwhile; who dies over it leaves it
to the next pass after that time. A server that does not answer costs one try for each wait, however much waits for it.
Given up is what failed `len(WAITS)` + 1 times, or is a day old.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import F

from traces.actions.keep_webhook import drop_waiting
from traces.actions.webhook_keys import KeyIsGone, key_of
from traces.models import Delivery, Webhook
from traces.outgoing.addresses import BadAddress, Resolve, judge, read_target, resolve
from traces.outgoing.posting import SECONDS, NotPosted, post
from traces.outgoing.signing import signed_headers
from traces.queries.patience import SECOND

WAITS = tuple(seconds * SECOND for seconds in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600))
OLDEST = 24 * 3600 * SECOND
KEPT = 30 * 24 * 3600 * SECOND
CLAIM = 120 * SECOND
"""Longer than a try may take, with the resolver's own patience."""
PORTION = 100
PASS = 30 * SECOND
HEALTHY_FIRST = F("webhook__last_error").asc(nulls_first=True)
"""So that a server that hangs keeps none but itself waiting for longer than a pass."""
BY = "server:webhooks"
TOO_OLD = "given up: it is a day old"
GONE = 410
log = logging.getLogger(__name__)


def deliver_webhooks(
    *, read_clock: Callable[[], int], resolve: Resolve = resolve, seconds: float = SECONDS
) -> int:
    """Try what is due, each message once and for a while; return how many were delivered."""
    begun_ns = read_clock()
    due = Delivery.objects.filter(due_ns__lte=begun_ns, webhook__ended_at=None)
    ordered = due.order_by(HEALTHY_FIRST, "due_ns", "made_ns", "id").values_list("pk", "due_ns")
    delivered = 0
    for pk, seen in list(ordered[:PORTION]):
        delivered += _one(pk, seen, read_clock, resolve, seconds)
        if read_clock() - begun_ns > PASS:
            break
    return delivered


def has_due(*, now_ns: int) -> bool:
    """Return whether anything is to be sent now."""
    return Delivery.objects.filter(due_ns__lte=now_ns, webhook__ended_at=None).exists()


def forget_deliveries(*, now_ns: int) -> int:
    """Forget messages that were delivered or given up a month ago; return how many."""
    return Delivery.objects.filter(made_ns__lt=now_ns - KEPT).delete()[0]


def _one(
    pk: str, seen: int | None, read_clock: Callable[[], int], resolve: Resolve, seconds: float
) -> bool:
    now_ns = read_clock()
    claimed = Delivery.objects.filter(pk=pk, due_ns=seen)
    if not claimed.update(due_ns=now_ns + CLAIM, tries=F("tries") + 1):
        return False  # another process has it, or a try before it failed and all of them wait
    delivery = Delivery.objects.select_related("webhook").get(pk=pk)
    if now_ns - delivery.made_ns > OLDEST:
        Delivery.objects.filter(pk=pk).update(due_ns=None, last_error=TOO_OLD)
        return False
    status, error = _try(delivery, now_ns, resolve, seconds)
    _note(delivery, status, error, read_clock())
    return error is None


def _try(
    delivery: Delivery, now_ns: int, resolve: Resolve, seconds: float
) -> tuple[int | None, str | None]:
    """Return the status, if one came, and why it was not delivered, if it was not."""
    body = delivery.body.encode()
    try:
        target = read_target(delivery.webhook.url)
        addresses = judge(target, settings.WEBHOOK_ALLOW, resolve)
        signed = signed_headers(
            key=key_of(delivery.webhook),
            message_id=delivery.pk,
            seconds=now_ns // SECOND,
            body=body,
        )
        given = {
            "Content-Type": "application/json",
            "User-Agent": "deliberation-inspector",
            **signed,
        }
        status = post(target, addresses, body, given, seconds=seconds)
    except (BadAddress, NotPosted, KeyIsGone) as error:
        return None, str(error)
    return status, why_not(status)


def why_not(status: int) -> str | None:
    """Return why a status does not count as delivered; None for one that does."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"it answered with a redirect ({status}), which is not followed"
    if status == GONE:
        return "it answered 410 Gone: the webhook is ended"
    return f"it answered {status}"


def _note(delivery: Delivery, status: int | None, error: str | None, now_ns: int) -> None:
    with transaction.atomic():
        # Locked first, as by whoever ends it: what is ended is told no more.
        webhook = Webhook.objects.select_for_update().get(pk=delivery.webhook_id)
        webhook.last_tried_ns, webhook.last_status, webhook.last_error = now_ns, status, error
        if status == GONE and webhook.ended_at is None:
            webhook.ended_by, webhook.ended_at = (
                BY,
                dt.datetime.fromtimestamp(now_ns / SECOND, dt.UTC),
            )
        webhook.save()
        due_ns = _next_try(delivery, error, now_ns)
        Delivery.objects.filter(pk=delivery.pk).update(
            due_ns=due_ns,
            delivered_ns=now_ns if error is None else None,
            last_status=status,
            last_error=error,
        )
        if webhook.ended_at is not None:
            drop_waiting(webhook)
        elif due_ns is not None:
            waiting = Delivery.objects.filter(webhook=webhook, due_ns__lt=due_ns)
            waiting.update(due_ns=due_ns)
    if error is not None:
        log.info("webhook %s: %s", webhook.pk, error)


def _next_try(delivery: Delivery, error: str | None, now_ns: int) -> int | None:
    if error is None or delivery.tries > len(WAITS):
        return None
    return now_ns + WAITS[delivery.tries - 1]
