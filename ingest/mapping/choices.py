"""Several choices of one call: samples under it, each something that could have been the answer.

A call answers with several messages for two reasons: it was asked for several choices, or one turn came
in pieces (thinking, words and tool calls as items). Only the first is a sample; so the source has to say
how many it asked for, or why each of them ended, and the number has to be that of the messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deliberation.events import CandidateProposed, Event, NodeObserved
from deliberation.vocabulary import NodeKind, NodeStatus
from ingest.mapping.content import MAX_READ_CHARS, parse
from ingest.mapping.said import text_of
from ingest.mapping.take import as_count, dump, fact_text
from ingest.wire.span import Attributes
from traces.conversation import Message

COUNTS = ("gen_ai.request.choice.count", "gen_ai.request.n", "llm.request.n")
REASONS = "gen_ai.response.finish_reasons"
PARAMETERS = ("llm.invocation_parameters", "gen_ai.request.parameters")
INDEXED = ("gen_ai.completion.1.role", "gen_ai.completion.1.content")
"""OpenLLMetry before 0.5 numbers the choices of a call, and says nothing else."""

PARTS = '"parts"'
MAX_CHOICES = 256
NORMALISER = "strip/1"


def count_of(attributes: Attributes) -> int:
    """Return how many choices a call was asked for or gave, as far as it says so; else 1."""
    for name in COUNTS:
        if name in attributes:
            return as_count(attributes[name]) or 1
    reasons = attributes.get(REASONS)
    if isinstance(reasons, list):
        return len(reasons)
    if isinstance(reasons, str) and reasons.startswith("["):
        listed = parse(reasons)
        return len(listed) if isinstance(listed, list) else 1
    return _count_in_parameters(attributes) or _count_indexed(attributes)


def samples(
    facts: dict[str, Any],
    attributes: Attributes,
    *,
    node: str,
    key: str,
    common: dict[str, Any],
) -> list[Event]:
    """Return the samples that a call's choices are and what each proposes; none where it has one choice.

    `common` has the run and the times of the call. Ids are the call's with the number of the choice.
    """
    output = facts.get("output")
    if facts["node_kind"] is not NodeKind.MODEL_CALL or not output or output.count(PARTS) < 2:
        return []
    # Facts name why each choice ended, by commas.
    ended = facts.get("finish_reason") or ""
    count = max(count_of(attributes), ended.count(",") + 1)
    answers = list(_answers(output)) if 1 < count <= MAX_CHOICES else []
    if len(answers) != count:
        return []
    return [
        event
        for rank, message in enumerate(answers)
        for event in sample(message, rank, node=node, key=f"{key}:c{rank}", common=common)
    ]


def sample(
    message: Message, rank: int, *, node: str, key: str, common: dict[str, Any]
) -> list[Event]:
    """Return one choice of a call as a sample under it, and what it proposes."""
    own = f"{node}:c{rank}"
    text = text_of(message)
    observed = NodeObserved(
        **common,
        key=key,
        node=own,
        parent=node,
        node_kind=NodeKind.SAMPLE,
        name=f"choice {rank + 1}",
        status=NodeStatus.OK,
        rank=rank,
        finish_reason=fact_text(message.get("finish_reason")),
        output=dump([message]),
    )
    if not text:
        return [observed]
    proposed = CandidateProposed(
        run=common["run"],
        key=f"{key}:p",
        at=common["at"],
        node=own,
        answer=text,
        normalised=text.strip(),
        normaliser=NORMALISER,
    )
    return [observed, proposed]


def _answers(output: str) -> Iterator[Message]:
    listed = parse(output)
    for message in listed if isinstance(listed, list) else ():
        if isinstance(message, dict) and isinstance(message.get("parts"), list):
            yield message


def _count_in_parameters(attributes: Attributes) -> int | None:
    for name in PARAMETERS:
        text = attributes.get(name)
        if isinstance(text, str) and '"n"' in text and len(text) <= MAX_READ_CHARS:
            said = parse(text)
            return as_count(said.get("n")) if isinstance(said, dict) else None
    return None


def _count_indexed(attributes: Attributes) -> int:
    if not any(name in attributes for name in INDEXED):
        return 1
    numbers = {name.split(".")[2] for name in attributes if name.startswith("gen_ai.completion.")}
    return len(numbers)
