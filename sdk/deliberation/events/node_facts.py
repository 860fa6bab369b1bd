"""What can be known of a node: shared by the three events that report one."""

from __future__ import annotations

from dataclasses import dataclass

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import (
    CallSort,
    Cost,
    CostBasis,
    NodeKind,
    NodeStatus,
    SideEffect,
    TextForm,
    TextVisibility,
    Usage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFacts(Event):
    """Facts about one node. Each is optional: a late fact adds to what is known and erases nothing."""

    node: str = required("The node's id, unique in its run; over OTLP the span id.")
    parent: str | None = fact("The id of the node it hangs under; the parent may arrive later.")
    node_kind: NodeKind | None = fact("What sort of node it is.")
    name: str | None = part("What the source calls it.")
    status: NodeStatus | None = fact("Whether its work is over, and how it ended.")
    started_at: int | None = fact("When it began, ns since 1970.", ns=True)
    ended_at: int | None = fact("When it ended, ns since 1970.", ns=True)
    model: str | None = fact("The model that served it, else the model asked for.")
    provider: str | None = fact("Who served the model.")
    tool: str | None = fact("The name of the tool.")
    side_effect: SideEffect | None = fact("What the tool does to the world.")
    usage: Usage | None = fact("Tokens by class; cache is part of input, reasoning part of output.")
    cost: Cost | None = fact("Money, with its provenance.")
    cost_basis: CostBasis | None = fact("How the usage came to stand on this node.")
    response_id: str | None = fact("The provider's id of the response; tells double reports apart.")
    instrumentation: str | None = fact("What reports a call; over OTLP the instrumentation scope.")
    finish_reason: str | None = fact("Why the model stopped.")
    session_id: str | None = part("The conversation or session that the node's source names.")
    rank: int | None = fact("Its place among its siblings, as the source counts.")
    depth: int | None = fact("Its level in the search, as the source counts.")
    text_visibility: TextVisibility | None = fact("How much of its text can be read.")
    call_key: str | None = fact("Names the call, the same in each replay: 32 hex digits.")
    call_sort: CallSort | None = fact("What sort of call it is.")
    recorded_seq: int | None = fact(
        "In a replay: the entry of the replayed run that answered the call. Nothing was spent then."
    )
    input_form: TextForm | None = fact("What the text of the input stands for.")
    output_form: TextForm | None = fact("What the text of the output stands for.")
    input: str | None = part("What went in: text, or messages as JSON.")
    request: str | None = part("What else a request asked for, as JSON: max_tokens, temperature.")
    output: str | None = part("What came out: text, or messages as JSON.")
    text: str | None = part("The thought itself, where it is neither input nor output.")
    reasoning: str | None = part("Visible reasoning, apart from the answer.")
    error: str | None = part("The error's message and trace.")
    raised: str | None = part("The error's class and arguments, as JSON, to be raised again.")
    attributes: str | None = part("Everything else the source said, as one JSON object.")
