"""message.observed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import MessageDirection


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageObserved(Event):
    """One message of a call, reported apart from it: some clients send each as a log record of its own."""

    KIND: ClassVar[str] = "message.observed"

    node: str = required("The node whose conversation it belongs to.")
    direction: MessageDirection = required("On which side of the call it stands.")
    position: int | None = fact("Its place among the messages of its side, where the source says.")
    session_id: str | None = part("The conversation or session that the message names.")
    message: str | None = part("The message, as one JSON object: role and parts.")
    attributes: str | None = part("Everything else the source said, as one JSON object.")
