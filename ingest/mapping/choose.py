"""Which conventions a record follows, by what it carries rather than by who claims to have written it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deliberation.events import Event
from ingest.mapping import (
    adk,
    ag2,
    choices,
    codex,
    genai,
    generic,
    haystack,
    langfuse,
    langsmith,
    langsmith_usage,
    listed_events,
    litellm,
    logfire,
    logfire_agents,
    mastra,
    mcp,
    mlflow,
    openinference,
    openllmetry,
    vercel,
    vercel_beside,
    vercel_metadata,
    vercel_usage,
)
from ingest.mapping.judgements import feedback, guards, results, scores
from ingest.mapping.judgements.judgement import at_work, beside
from ingest.mapping.source import Keys, Source
from ingest.mapping.usage import GENAI
from ingest.wire.span import Attributes, Span


@dataclass(frozen=True, slots=True)
class Convention:
    """A convention's name, the test for it, and the function that takes node facts out of
    attributes.

    `recognises(keys, scope)` judges by the names of the attributes and by the instrumentation scope
    alone: what it says is remembered for the next record with the same ones. `fill(rest, record)`
    gets its own copy of the attributes, and the record they come from for its name, scope and
    events; it takes out of `rest` what it returns as fields of `NodeFacts`, and leaves the rest.
    `reads` names the attributes by which it judges, and which it keeps all the same; `reads_like` fits
    their names where they are numbered, or a family of names. One that
    `is_beside` says little: where it is the only one, the general rules are asked too. `tells(span,
    facts, run)` returns what a span says of other nodes than its own.
    """

    name: str
    recognises: Callable[[Keys, str], bool]
    fill: Callable[[Attributes, Source], dict[str, Any]]
    instead_of: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    reads_like: re.Pattern[str] | None = None
    is_beside: bool = False
    tells: Callable[[Span, dict[str, Any], str], list[Event]] | None = None


LOGFIRE = frozenset(
    {logfire.TYPE, logfire.LEVEL, logfire.MESSAGE, logfire.TEMPLATE, "logfire.tags"}
)

JUDGING = (
    Convention(
        results.NAME,
        results.recognises,
        results.fill,
        reads=results.READ,
        reads_like=results.ACTOR,
        is_beside=True,
    ),
    Convention(
        feedback.NAME, feedback.recognises, beside, reads_like=feedback.FIELD, is_beside=True
    ),
    Convention(
        feedback.LOGFIRE,
        feedback.recognises_feedback,
        at_work,
        reads=frozenset({feedback.FEEDBACK, feedback.COMMENT}),
        is_beside=True,
    ),
    Convention(guards.NAME, guards.recognises, guards.fill, reads_like=guards.READ, is_beside=True),
    Convention(scores.NAME, scores.recognises, beside, reads_like=scores.FAMILY, is_beside=True),
    Convention(
        scores.CASE,
        scores.recognises_case,
        beside,
        reads=frozenset(scores.RESULTS),
        is_beside=True,
    ),
    Convention(
        scores.EVALUATOR,
        scores.recognises_evaluator,
        scores.fill_evaluator,
        reads=frozenset({scores.CALLED, scores.TARGET}),
        is_beside=True,
    ),
)
"""What tells of judgements, on records of any convention; `verdicts` reads them."""

CONVENTIONS = (
    Convention(
        mcp.NAME,
        mcp.recognises,
        mcp.fill,
        instead_of=frozenset({genai.NAME}),
        reads=frozenset({mcp.METHOD, mcp.RPC_METHOD, mcp.RESOURCE, "gen_ai.operation.name"}),
        tells=mcp.of_the_call,
    ),
    Convention(
        codex.NAME,
        codex.recognises,
        codex.fill,
        instead_of=frozenset({genai.NAME}),
        reads=codex.COUNTED,
        tells=codex.of_the_call,
    ),
    Convention(
        logfire_agents.NAME,
        logfire_agents.recognises,
        logfire_agents.fill,
        instead_of=frozenset({genai.NAME, logfire.CALL, logfire.NAME}),
        reads=frozenset({*LOGFIRE, logfire_agents.USAGE, genai.RAW_USAGE}),
    ),
    Convention(
        logfire.CALL,
        logfire.recognises_call,
        logfire.fill_call,
        instead_of=frozenset({genai.NAME}),
        reads=frozenset(
            {*LOGFIRE, logfire.REQUEST, logfire.RESPONSE, logfire.ASKED_FOR, "duration"}
        ),
    ),
    Convention(
        vercel.NAME,
        vercel.recognises,
        vercel.fill,
        reads=frozenset(
            {
                *("ai.operationId", "ai.model.id", "ai.model.provider", vercel_usage.TOTAL),
                *vercel_metadata.METADATA,
                *vercel_usage.SAYS_INCLUSIVE,
            }
        ),
    ),
    Convention(
        langfuse.NAME,
        langfuse.recognises,
        langfuse.fill,
        reads=frozenset(
            {
                *(langfuse.TYPE, langfuse.LEVEL, langfuse.MESSAGE, langfuse.USAGE, langfuse.COST),
                *(langfuse.FINISH, langfuse.PROVIDER, *langfuse.INPUTS, *langfuse.OUTPUTS),
            }
        ),
    ),
    Convention(
        langsmith.NAME,
        langsmith.recognises,
        langsmith.fill,
        instead_of=frozenset({genai.NAME}),
        reads=frozenset(
            {
                *(langsmith.KIND, langsmith.RUN_NAME, langsmith.AGENT_NAME, langsmith.PROVIDER),
                *(langsmith.SYSTEM, langsmith.INPUTS, langsmith.OUTPUTS, *langsmith_usage.STATED),
                *("gen_ai.operation.name", *langsmith.ASKED_FOR),
            }
        ),
    ),
    Convention(
        langsmith.BESIDE,
        langsmith.recognises_kind,
        langsmith.fill_kind,
        reads=frozenset({langsmith.KIND}),
    ),
    Convention(
        mlflow.NAME,
        mlflow.recognises,
        mlflow.fill,
        reads=frozenset(
            {
                *(mlflow.TYPE, mlflow.TOKENS, mlflow.COST, mlflow.FORMAT, mlflow.MODEL),
                *(mlflow.INPUTS, mlflow.OUTPUTS),
            }
        ),
    ),
    Convention(
        litellm.NAME,
        litellm.recognises,
        litellm.fill,
        instead_of=frozenset({openllmetry.NAME, genai.NAME}),
        reads=frozenset({litellm.USAGE, "gen_ai.operation.name", "gen_ai.request.model"}),
    ),
    Convention(
        ag2.NAME,
        ag2.recognises,
        ag2.fill,
        instead_of=frozenset({genai.NAME}),
        reads=frozenset({ag2.ACCOUNT}),
    ),
    Convention(
        haystack.NAME,
        haystack.recognises,
        haystack.fill,
        reads=haystack.READ,
    ),
    Convention(
        openllmetry.NAME,
        openllmetry.recognises,
        openllmetry.fill,
        reads=frozenset(
            {
                *(openllmetry.SPAN_KIND, openllmetry.REQUEST_TYPE, *openllmetry.MODELS_ASKED_FOR),
                *("traceloop.entity.input", "traceloop.entity.output"),
            }
        ),
    ),
    Convention(
        openinference.NAME,
        openinference.recognises,
        openinference.fill,
        reads=frozenset(
            {
                *("openinference.span.kind", "input.value", "output.value"),
                *(*openinference.COSTS, *choices.PARAMETERS),
            }
        ),
    ),
    Convention(mastra.NAME, mastra.recognises, mastra.fill, reads=frozenset({mastra.TYPE})),
    Convention(adk.NAME, adk.recognises, adk.fill, reads=adk.WORDS),
    Convention(
        genai.NAME,
        genai.recognises,
        genai.fill,
        reads=frozenset(
            {
                *("gen_ai.operation.name", "gen_ai.request.model", choices.REASONS),
                *(genai.RAW_USAGE, *genai.AGENT_NAMES, *listed_events.NAMES, *choices.COUNTS),
                *(*GENAI["input"], *GENAI["output"]),
            }
        ),
    ),
    Convention(vercel_beside.NAME, vercel_beside.recognises, vercel_beside.fill),
    *JUDGING,
    Convention(logfire.NAME, logfire.recognises, logfire.fill, reads=LOGFIRE, is_beside=True),
)
"""In order of precedence: of a record that follows several, each says what those before it did not."""

GENERIC = Convention(generic.NAME, generic.recognises, generic.fill)
MAX_REMEMBERED = 4096

Chosen = tuple[Convention, ...]
_remembered: dict[tuple[str, ...], Chosen] = {}


def choose(attributes: Attributes, scope: str) -> Chosen:
    """Return the conventions that a record follows, the one that speaks first first; never none.

    Programs send few different shapes of record: one look-up of 1 µs takes the place of a dozen
    tests.
    """
    shape = (scope, *attributes)
    chosen = _remembered.get(shape)
    if chosen is None:
        chosen = _judge(attributes.keys(), scope)
        if len(_remembered) >= MAX_REMEMBERED:
            _remembered.clear()
        _remembered[shape] = chosen
    return chosen


def _judge(keys: Keys, scope: str) -> Chosen:
    found = [each for each in CONVENTIONS if each.recognises(keys, scope)]
    replaced = {name for each in found for name in each.instead_of}
    chosen = tuple(each for each in found if each.name not in replaced)
    return (GENERIC, *chosen) if all(each.is_beside for each in chosen) else chosen
