"""Recording with the ledger's work left out, in the process of a bench and nowhere else.

Left out: the canonical line, salts, commitments, leaves, the frontier, the plan of checkpoints. What stays is what
recording needs without a ledger: a row for each event with its key, so that a fact is recorded once, and its texts.
What is recorded so can be neither verified nor rebuilt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from unittest.mock import patch

from deliberation.events import Event
from deliberation.events.codec import PLANS
from deliberation.ledger.entry import Entry
from deliberation.ledger.parts import Part, text_to_bytes
from traces.actions import record as recording
from traces.audit.openings import INLINE_BYTES
from traces.projection.states import RunState


@contextmanager
def without_ledger() -> Iterator[None]:
    """Let `record` in this process do no ledger's work. The names that it looks up are replaced meanwhile."""
    with (
        patch.object(recording, "_seal", _number),
        patch.object(recording, "_grow", _count),
        patch.object(recording, "plan_sealing", _plan_nothing),
    ):
        yield


def _number(run: RunState, items: Sequence[Any], randbytes: object) -> list[Entry]:
    return [
        Entry(seq, item.event.key, b"", b"", tuple(_texts(item.event)))
        for seq, item in enumerate(items, start=run.size)
    ]


def _texts(event: Event) -> Iterator[Part]:
    for name in PLANS[event.KIND].parts:
        text = getattr(event, name)
        if text is not None:
            data = text_to_bytes(text)
            # A large text is stored once for each run, by its hash, with a ledger or without.
            inner = sha256(data).digest() if len(data) > INLINE_BYTES else b""
            yield Part(name, b"", inner, data)


def _count(run: RunState, sealed: Sequence[Entry], now: dt.datetime) -> None:
    run.size += len(sealed)
    run.heard_at = now


def _plan_nothing(grown: Iterable[RunState], urgent: Collection[object], now: dt.datetime) -> None:
    """Nothing is going to be signed."""
