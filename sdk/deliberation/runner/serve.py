"""The loop of a runner: register, claim, do, and again, until it is told to leave."""

from __future__ import annotations

import logging
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from deliberation.client.backoff import Backoff
from deliberation.client.connect import make_holder, make_transport
from deliberation.client.settings import Settings
from deliberation.client.transport import Unreachable
from deliberation.runner.api import Api, Forgotten
from deliberation.runner.doorbell import Doorbell
from deliberation.runner.entries import described
from deliberation.runner.work import Work

LOG = logging.getLogger("deliberation")
RETRY_FIRST, RETRY_MOST = 0.2, 10.0
ENDING = ("SIGTERM", "SIGINT", "SIGHUP")


def serve(
    settings: Settings,
    names: Sequence[str],
    *,
    name: str,
    grace: float,
    environ: Mapping[str, str],
) -> int:
    """Serve replays of these entry points until SIGTERM or SIGINT; return the exit code.

    One job at a time, in a process group of its own, which is ended when the job is cancelled, when its lease is lost,
    when the runner is told to leave, and when the runner dies. A server that is away is asked again, at most every
    10 s. Raises `NoEntry` for a name that is no entry point, `Refused` where the key is.
    """
    entries = described(names)
    holder = make_holder(os.urandom)
    api = Api(
        lambda: make_transport(settings), {"name": name, "holder": holder, "entries": entries}
    )
    given = {"INSPECTOR_URL": str(settings.url), "INSPECTOR_KEY": str(settings.key)}
    where = {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    runner = Runner(api, settings, {**environ, **given, **where}, names=names, grace=grace)
    try:
        with _ending(runner):
            runner.run()
    finally:
        runner.close()
    return 0


class Runner:
    """Asks for jobs and does them."""

    def __init__(
        self,
        api: Api,
        settings: Settings,
        environ: Mapping[str, str],
        *,
        names: Sequence[str],
        grace: float,
    ) -> None:
        self._api = api
        self._bell = Doorbell()
        self._work = Work(api, settings, environ, self._bell, names=names, grace=grace)
        self._is_leaving = False
        self._backoff = Backoff(first=RETRY_FIRST, most=RETRY_MOST, random=random.random)
        self._is_known = False
        self._registered = 0.0

    def leave(self) -> None:
        """End the job under way, and then the loop."""
        self._is_leaving = True
        self._work.stop()

    def close(self) -> None:
        """Give back what it holds."""
        self._api.close()
        self._bell.close()

    def run(self) -> None:
        """Serve until `leave`. Raises `Refused`."""
        while not self._is_leaving:
            try:
                job = self._next()
            except Unreachable as error:
                self._say_away(error)
                self._bell.wait(self._backoff.left(time.monotonic()))
                continue
            self._backoff.succeed()
            if job is None:
                self._bell.wait(self._api.poll_seconds)
            else:
                LOG.info("replay %s, attempt %s", job["id"], job["attempt"])
                self._work.do(job)

    def _next(self) -> dict[str, Any] | None:
        is_due = time.monotonic() - self._registered > self._api.lease_seconds / 3
        if not self._is_known or is_due:
            self._api.register()
            self._is_known, self._registered = True, time.monotonic()
        try:
            return self._api.claim()
        except Forgotten:
            self._is_known = False
            return None

    def _say_away(self, error: Unreachable) -> None:
        if not self._backoff.failures:
            LOG.warning("the inspector cannot be reached (%s); it is asked again", error)
        self._backoff.fail(time.monotonic(), None)


@contextmanager
def _ending(runner: Runner) -> Iterator[None]:
    def end(number: int, _: object) -> None:
        runner.leave()

    numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
