"""Waiting for something to be so, doing something in another thread, and a server that does not answer yet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from deliberation import fake


def wait_until(is_so: Callable[[], Any], seconds: float = 30.0) -> None:
    """Return when it is so; fail when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if is_so():
                return
        except LookupError:
            pass
        assert time.monotonic() < deadline, "it never came to be so"
        time.sleep(0.005)


@contextmanager
def holding(server: fake.Server) -> Iterator[Callable[[], None]]:
    """Within it events are taken in, and nobody is told so; yields what ends that sooner.

    All that is reported meanwhile waits for that answer, and then goes out in one body.
    """
    may_answer, answer = threading.Event(), server.answer

    def answer_late(request: Any) -> Any:
        answered = answer(request)
        if request.path == "/v1/events":
            may_answer.wait(60)
        return answered

    server.answer = answer_late  # type: ignore[method-assign]
    try:
        yield may_answer.set
    finally:
        server.answer = answer  # type: ignore[method-assign]
        may_answer.set()


class Elsewhere:
    """Threads for the length of a block, and what they raised."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._errors: list[BaseException | None] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive() or error is not None

    def do(self, work: Callable[[], Any]) -> None:
        """Begin something in a thread."""
        import contextvars

        self._threads.append(
            threading.Thread(
                target=contextvars.copy_context().run, args=[self._try, work], daemon=True
            )
        )
        self._threads[-1].start()

    @property
    def is_busy(self) -> bool:
        """True while one of them goes on."""
        return any(thread.is_alive() for thread in self._threads)

    def error(self) -> BaseException | None:
        """Return what the last thread to end raised, when all of them have ended."""
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive(), "it goes on"
        return self._errors[-1]

    def _try(self, work: Callable[[], Any]) -> None:
        try:
            work()
        except BaseException as error:
            self._errors.append(error)
        else:
            self._errors.append(None)
