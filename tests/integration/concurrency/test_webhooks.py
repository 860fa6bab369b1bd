"""Processes that deliver at once send each message once, and a slow receiver keeps no worker."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.integration.build import NOW_NS, SECOND
from tests.integration.control.acts import live_run
from tests.integration.control.asks import action_of, request
from tests.integration.control.receiver import deliver, hook, receiving
from traces import tasks
from traces.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, MESSAGES = 6, 20


@pytest.fixture(autouse=True)
def this_machine_is_allowed(settings: Any) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.1"]


def ask(number: int, now: float = 0) -> None:
    run = live_run()
    for each in range(number):
        request(run, action_of(run, {"n": each}), now=now)


def test_each_message_is_sent_once_by_however_many_deliver() -> None:
    begin = Barrier(PROCESSES)

    def one(_: int) -> int:
        try:
            begin.wait(30)
            return deliver(now=1)
        finally:
            connection.close()

    with receiving() as receiver:
        receiver.takes = 0.01
        hook(receiver.url)
        ask(MESSAGES)
        with ThreadPoolExecutor(PROCESSES) as pool:
            assert sum(pool.map(one, range(PROCESSES))) == MESSAGES
        assert set(Counter(receiver.ids).values()) == {1}
        assert len(receiver.heard) == MESSAGES


def test_the_task_returns_at_once_and_the_message_is_told_beside() -> None:
    with receiving() as receiver:
        receiver.may_answer.clear()
        hook(receiver.url)
        ask(1, now=(time.time_ns() - NOW_NS) / SECOND)
        tasks.deliver_webhooks_beside()
        tasks.deliver_webhooks_beside()
        assert tasks._posting.locked(), "nobody has answered yet"
        receiver.may_answer.set()
        await_(lambda: Delivery.objects.get().delivered_ns is not None)
        await_(lambda: not tasks._posting.locked())
        assert len(receiver.heard) == 1


def await_(happened: Any) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
