"""What the name of an attribute says, whoever chose it."""

from __future__ import annotations

import pytest

from ingest.mapping.meaning import MAX_NAME_CHARS, Meaning, meaning_of, words_of


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("model", Meaning.MODEL),
        ("acme.llm.modelName", Meaning.MODEL),
        ("request.model_id", Meaning.MODEL),
        ("acme.response.model", Meaning.MODEL_SERVED),
        ("acme.usage.promptTokens", Meaning.INPUT_TOKENS),
        ("llm.token_count.prompt", Meaning.INPUT_TOKENS),
        ("inputTokenCount", Meaning.INPUT_TOKENS),
        ("usage.total_input_tokens", Meaning.INPUT_TOKENS),
        ("acme.tokens.out", Meaning.OUTPUT_TOKENS),
        ("generated_token_count", Meaning.OUTPUT_TOKENS),
        ("usage.cachedPromptTokens", Meaning.CACHE_READ_TOKENS),
        ("usage.cache_creation_input_tokens", Meaning.CACHE_WRITE_TOKENS),
        ("usage.output_reasoning_tokens", Meaning.REASONING_TOKENS),
        ("acme.prompt", Meaning.ASKED),
        ("acme.input.messages", Meaning.ASKED),
        ("acme.completion", Meaning.SAID),
        ("response.text", Meaning.SAID),
        ("acme.toolName", Meaning.TOOL),
        ("acme.tool.definition.name", Meaning.TOOL),
        ("acme.tool.call.arguments", Meaning.ARGUMENTS),
        ("tool_output", Meaning.RESULT),
        ("acme.spanType", Meaning.KIND),
        ("cost_usd", Meaning.COST),
        ("db.query.text", Meaning.STATEMENT),
        ("http.request.body", Meaning.TRANSPORT),
        ("rpc.service", Meaning.TRANSPORT),
    ],
)
def test_it_works(name: str, meaning: Meaning) -> None:
    assert meaning_of(name) is meaning


@pytest.mark.parametrize(
    "name",
    [
        *("max_tokens", "acme.usage.total_tokens", "tokens_per_second", "prompt_token_price"),
        *("usage.non_cached_input_tokens", "response.id", "response.status", "prompt_length"),
        *("input_mime_type", "thread.name", "user.message", "error.message", "device.model"),
        *("access_token", "", "...", "7", "output_tokens_limit", "prompt_name", "modelling"),
    ],
)
def test_other_names_mean_nothing_here(name: str) -> None:
    assert meaning_of(name) is None


def test_a_name_is_taken_apart_at_dots_underscores_and_capitals() -> None:
    assert words_of("ai.telemetry.HTTPRequest_bodyText2") == (
        *("ai", "telemetry", "http", "request", "body", "text", "2"),
    )


def test_a_name_that_is_a_text_is_not_read() -> None:
    assert meaning_of("x." * MAX_NAME_CHARS + "model") is None
