"""Long conversations by pieces: the messages before those that are shown, and the rest of a long part."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext

from traces.queries.access import NotVisible, Who
from traces.queries.messages import Message, last_that_fit
from traces.queries.node import CONVERSATIONS, TEXT_LIMIT, conversation_in, get_part
from traces.queries.portions import NoSuchRange, Portion, cut_portion


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """Some messages in order, and how many come before them."""

    items: list[Message]
    earlier: int


def read_messages(
    *, who: Who, run_id: str | uuid.UUID, node_id: str, part: str, before: int | None
) -> MessagePage:
    """Return the last messages before the one numbered `before`, or of all, that a page can bear.

    Raises NotVisible, also for a part that is no conversation, and NoSuchRange.
    """
    said = _conversation(who, run_id, node_id, part)
    before = len(said) if before is None else before
    if not 0 < before <= len(said):
        sentence = gettext("there are {count} messages, numbered from 0")
        raise NoSuchRange(sentence.format(count=f"{len(said):,}"))
    items = last_that_fit(said[:before], TEXT_LIMIT)
    return MessagePage(items=items, earlier=items[0].number)


def read_piece(
    *,
    who: Who,
    run_id: str | uuid.UUID,
    node_id: str,
    part: str,
    message: int,
    index: int,
    start: int,
    end: int | None,
    at_end: bool,
) -> Portion:
    """Return a portion of one part of a message, as it is shown. Raises NotVisible and NoSuchRange."""
    said = _conversation(who, run_id, node_id, part)
    if not (0 <= message < len(said) and 0 <= index < len(said[message].parts)):
        raise NoSuchRange(gettext("there is no such message, or no such part of it"))
    text = said[message].parts[index].text
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise NoSuchRange(
            gettext("the text has {count} characters, numbered from 0").format(
                count=f"{len(text):,}"
            )
        )
    return cut_portion(text, start, end, at_end=at_end)


def _conversation(who: Who, run_id: str | uuid.UUID, node_id: str, part: str) -> list[Message]:
    data = get_part(who=who, run_id=run_id, node_id=node_id, part=part)
    said = conversation_in(part, data) if data is not None and part in CONVERSATIONS else []
    if not said:
        raise NotVisible
    return said
