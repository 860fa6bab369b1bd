"""What a supervisor says of a run that its command can no longer speak for."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from deliberation.client.poll import JSON
from deliberation.client.transport import Transport, Unreachable
from deliberation.supervisor.owned import Owned
from deliberation.vocabulary import CommandStage, ObservedState

PATH = "/v1/control"


def report_state(transport: Transport, owned: Owned, state: ObservedState) -> None:
    """Report a state in the run's own attempt. Where nobody answers, the lease runs out and tells.

    The holder is the command's: one that attaches again has the number that it had.
    """
    plain = {"attempt": owned.attempt, "holder": owned.holder, "state": state.value}
    _post(transport, f"{PATH}/{owned.run}/heartbeat", {**plain, "killable": True})


def acknowledge(
    transport: Transport, owned: Owned, command: str, stage: CommandStage, detail: str | None = None
) -> None:
    """Say how far a kill has come."""
    plain = {"command_id": command, "stage": stage.value, "detail": detail}
    _post(transport, f"{PATH}/{owned.run}/ack", {**plain, "attempt": owned.attempt})


def _post(transport: Transport, path: str, plain: dict[str, Any]) -> None:
    with suppress(Unreachable):
        transport.request("POST", path, json.dumps(plain).encode(), JSON)
