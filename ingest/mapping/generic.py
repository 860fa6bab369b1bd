"""Any record that follows no known convention: what the names of its attributes mean decides what it is.

A call of a model has to say more than a model's name: tokens, or what was asked and answered. A request over HTTP or
to a database, which may say these too, has to name its tokens. Nothing is lost where a rule is wrong: what a fact does
not wholly say stays an attribute, and a step's usage is a sum, which counts where no call below states its own.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind, Usage
from ingest.mapping.bodies import Body, take_body
from ingest.mapping.content import reasoning_in
from ingest.mapping.cost import take_cost
from ingest.mapping.meaning import Meaning, meaning_of
from ingest.mapping.response_bodies import finish_of, response_id_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import as_count, fact_text, take_count, take_fact, take_model
from ingest.mapping.usage import inclusive
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "generic"

Named = dict[Meaning, list[str]]

KINDS = {
    **dict.fromkeys(
        [
            *("llm", "chat", "chatmodel", "chatcompletion", "completion", "textcompletion"),
            *("generation", "generate", "inference", "llmcall", "modelcall", "llmrequest"),
        ],
        NodeKind.MODEL_CALL,
    ),
    **dict.fromkeys(
        [
            *("embedding", "embeddings", "embed", "retrieval", "retriever", "retrieve"),
            *("rerank", "reranker", "vectorstore", "vectorsearch"),
        ],
        NodeKind.RETRIEVAL,
    ),
    **dict.fromkeys(
        ["tool", "toolcall", "tooluse", "functioncall", "executetool"], NodeKind.TOOL_CALL
    ),
    **dict.fromkeys(["agent", "invokeagent", "agentrun"], NodeKind.AGENT),
    **dict.fromkeys(["evaluator", "evaluation", "guardrail"], NodeKind.VERIFICATION),
}
"""Words for what was done, in small letters and without what divides them."""

CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
SPOKEN = (NodeKind.MODEL_CALL, NodeKind.AGENT)
COUNTED = (Meaning.INPUT_TOKENS, Meaning.OUTPUT_TOKENS)
BEST_ASKED = ("messages", "prompt", "prompts", "input")
"""Last words of names of what was asked, of which the first says most."""


def recognises(keys: Keys, scope: str) -> bool:
    """True: it is the last resort."""
    return True


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return what the names of a record's attributes tell, taken out of `rest`."""
    named: Named = {}
    for name in rest:
        meaning = meaning_of(name)
        if meaning is not None:
            named.setdefault(meaning, []).append(name)
    if named.keys() <= {Meaning.TRANSPORT}:
        return {"node_kind": NodeKind.STEP}
    kind = _kind(rest, named)
    facts: dict[str, Any] = {"node_kind": kind}
    if kind is NodeKind.TOOL_CALL:
        _fill_tool(rest, named, facts, record)
        return facts
    said = _fill_content(rest, named, facts)
    usage = _usage(rest, named)
    facts["usage"] = usage
    if kind in CALLS:
        _fill_call(rest, named, facts, said)
    return facts


def _kind(rest: Attributes, named: Named) -> NodeKind:
    for name in named.get(Meaning.KIND, ()):
        kind = KINDS.get(_bare(rest[name]))
        if kind is not None:
            return kind
    has_texts = Meaning.ASKED in named and Meaning.SAID in named
    has_tokens = any(meaning in named for meaning in COUNTED)
    is_request = Meaning.TRANSPORT in named or Meaning.STATEMENT in named
    model = _model(rest, named)
    if model is not None and (has_tokens or (has_texts and not is_request)):
        is_embedding = "embed" in model.lower() and Meaning.OUTPUT_TOKENS not in named
        return NodeKind.RETRIEVAL if is_embedding else NodeKind.MODEL_CALL
    is_used = Meaning.ARGUMENTS in named or Meaning.RESULT in named
    return NodeKind.TOOL_CALL if Meaning.TOOL in named and is_used else NodeKind.STEP


def _bare(word: Any) -> str:
    return "".join(each for each in str(word)[:64].lower() if each.isalnum())


def _model(rest: Attributes, named: Named) -> str | None:
    for meaning in (Meaning.MODEL_SERVED, Meaning.MODEL):
        for name in named.get(meaning, ()):
            value = rest[name]
            if isinstance(value, str) and 0 < len(value) <= 256 and value.isprintable():
                return value
    return None


def _fill_tool(rest: Attributes, named: Named, facts: dict[str, Any], record: Source) -> None:
    facts["tool"] = take_fact(rest, *named.get(Meaning.TOOL, ())) or fact_text(record.name)
    given = named.get(Meaning.ARGUMENTS) or named.get(Meaning.ASKED)
    came = named.get(Meaning.RESULT) or named.get(Meaning.SAID)
    facts["input"] = _first_body(rest, given, None).text
    facts["output"] = _first_body(rest, came, None).text


def _fill_content(rest: Attributes, named: Named, facts: dict[str, Any]) -> Body:
    speaks = facts["node_kind"] in SPOKEN
    asked = sorted(named.get(Meaning.ASKED, ()), key=_rank)
    given = asked or named.get(Meaning.STATEMENT) or named.get(Meaning.ARGUMENTS)
    given = given or [name for name in named.get(Meaning.PASSED, ()) if _is_object(rest[name])]
    came = named.get(Meaning.SAID) or named.get(Meaning.RESULT)
    facts["input"] = _first_body(rest, given, "user" if speaks else None).text
    said = _first_body(rest, came, "assistant" if speaks else None)
    facts["output"] = said.text
    return said


def _is_object(value: Any) -> bool:
    return isinstance(value, list | dict) or (isinstance(value, str) and value[:1] in ("{", "["))


def _rank(name: str) -> int:
    tail = name.replace("_", ".").rpartition(".")[2].lower()
    return BEST_ASKED.index(tail) if tail in BEST_ASKED else len(BEST_ASKED)


def _first_body(rest: Attributes, names: list[str] | None, role: str | None) -> Body:
    for name in names or ():
        if isinstance(rest.get(name), str | list | dict) and rest[name]:
            return take_body(rest, name, role)
    return Body(None, None, [])


def _fill_call(rest: Attributes, named: Named, facts: dict[str, Any], said: Body) -> None:
    served = take_model(rest, *named.get(Meaning.MODEL_SERVED, ()))
    facts["model"] = served or take_model(rest, *named.get(Meaning.MODEL, ()))
    facts["provider"] = take_fact(rest, *named.get(Meaning.PROVIDER, ()))
    facts["cost"] = take_cost(rest, named.get(Meaning.COST, ()))
    if facts["usage"] is not None:
        facts["cost_basis"] = CostBasis.MEASURED
    if facts["node_kind"] is NodeKind.MODEL_CALL:
        facts["response_id"], facts["finish_reason"] = response_id_of(said), finish_of(said)
        facts["reasoning"] = reasoning_in(facts["output"])
    facts["text_visibility"] = visibility(facts, facts["usage"])


def _usage(rest: Attributes, named: Named) -> Usage | None:
    totals = [name for meaning in COUNTED for name in named.get(meaning, ())]
    if not any(as_count(rest[name]) for name in totals):
        return None  # zeros say that the source did not know, and stay
    read, written, thought = (
        take_count(rest, named.get(meaning, ()))
        for meaning in (
            Meaning.CACHE_READ_TOKENS,
            Meaning.CACHE_WRITE_TOKENS,
            Meaning.REASONING_TOKENS,
        )
    )
    cached = (read or 0) + (written or 0)
    entered = take_count(rest, named.get(Meaning.INPUT_TOKENS, ()), least=cached)
    came_out = take_count(rest, named.get(Meaning.OUTPUT_TOKENS, ()), least=thought or 0)
    return inclusive(entered, came_out, read, written, thought)
