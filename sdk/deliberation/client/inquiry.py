"""Asking the server about an action, and using the permit that comes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from deliberation.client.transport import Answer, Transport, Unreachable
from deliberation.control import NotApproved
from deliberation.control.answered import Answered, read_answered

PATH = "/v1/control"
JSON = {"Content-Type": "application/json"}
TRY_SECONDS = 5.0
"""How long a server that does not answer is tried, before nothing may be done."""
RETRY_SECONDS = (0.1, 0.3, 0.6, 1.0)
AGAIN = (404, 429, 500, 502, 503, 504)
"""A run may not be known yet, or the server be starting."""


class Inquiry:
    """The requests about one action. Whatever is not a plain yes raises `NotApproved`.

    Blocks its thread. Tries again only what may safely be said twice.
    """

    def __init__(
        self, run: str, make_transport: Callable[[], Transport], is_over: Callable[[], bool]
    ) -> None:
        self._path = f"{PATH}/{run}/approvals"
        self._make_transport = make_transport
        self._is_over = is_over

    def ask(self, said: dict[str, Any]) -> Answered:
        """Return the request as it stands: asked now, or before."""
        return self._read(self._post(self._path, said))

    def use(self, approval: str, said: dict[str, Any]) -> None:
        """Use the permit, once; the server says no to a second use, and to any other action."""
        answer = self._post(f"{self._path}/{approval}/consume", said)
        if not answer.json().get("consumed"):
            raise NotApproved("the inspector did not confirm it", approval=approval)

    def _read(self, answer: Answer) -> Answered:
        answered = read_answered(answer.json())
        if answered is None:
            raise NotApproved("the inspector does not know how to ask anybody")
        return answered

    def _post(self, path: str, said: dict[str, Any]) -> Answer:
        body = json.dumps(said).encode()
        why = ""
        transport = self._make_transport()
        try:
            for _ in self._tries():
                try:
                    answer = transport.request("POST", path, body, JSON)
                except Unreachable as error:
                    why = f"the inspector cannot be reached ({error})"
                    transport.close()
                    continue
                if answer.status == 200:
                    return answer
                why = _detail(answer)
                if answer.status not in AGAIN:
                    break
        finally:
            transport.close()
        raise NotApproved(why or "the inspector cannot be reached")

    def _tries(self) -> Iterator[None]:
        deadline = time.monotonic() + TRY_SECONDS
        waits = iter(RETRY_SECONDS)
        while True:
            yield
            wait = next(waits, RETRY_SECONDS[-1])
            if self._is_over() or time.monotonic() + wait > deadline:
                return
            time.sleep(wait)


def _detail(answer: Answer) -> str:
    detail = answer.json().get("detail")
    said = detail if isinstance(detail, str) else f"status {answer.status}"
    return f"the inspector says no: {said}"
