"""People who decide about one action at one moment: one of them wins, and all others are handed the winner."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter

from deliberation.ledger.action import Action, write_arguments
from inspector.bench.calls import call, connect, percentiles
from inspector.bench.ingest import Figures
from inspector.bench.sign_in import signed_in
from inspector.bench.stack import Stack

PEOPLE = 100
WORDS = ("approve", "reject")


def bench_decisions(stack: Stack) -> Figures:
    """Return how many of 100 who decide at once are told that theirs stands, and how many that they came second."""
    approval = _ask(stack)
    person = signed_in(stack)  # whoever asked may not decide
    start, told, delays = threading.Barrier(PEOPLE), list[int](), list[float]()

    def decide(number: int) -> None:
        connection = connect(stack)
        connection.connect()
        start.wait()
        began = time.monotonic()
        status, _ = call(
            stack,
            "POST",
            f"/api/v1/approvals/{approval}/decision",
            {"decision": WORDS[number % 2], "reason": f"person {number}"},
            on=connection,
            headers=person,
        )
        delays.append(time.monotonic() - began)
        told.append(status)
        connection.close()

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = Counter(told)
    return {
        "deciding_at_once": PEOPLE,
        "decisions_that_stand": statuses[200],
        "decisions_told_409": statuses[409],
        **percentiles("decided", delays),
    }


def _ask(stack: Stack) -> str:
    run = str(uuid.uuid4())
    call(stack, "POST", f"/v1/control/{run}/heartbeat", {"attempt": None, "holder": run})
    action = Action(
        run=run, tool="send_email", side_effect="irreversible", arguments=write_arguments({})
    )
    asked = {"action": action.text, "digest": action.digest}
    status, approval = call(stack, "POST", f"/v1/control/{run}/approvals", asked)
    if status != 200:
        raise RuntimeError(f"the request was answered {status}: {approval}")
    return str(approval["approval_id"])
