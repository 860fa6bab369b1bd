"""Conversations of every provider come out as the same messages."""

from __future__ import annotations

from typing import Any

import pytest

from traces.conversation import messages_of


def text(content: Any) -> dict[str, Any]:
    return {"type": "text", "content": content}


def call(arguments: Any, **more: Any) -> dict[str, Any]:
    return {"type": "tool_call", "id": "c1", "name": "add", "arguments": arguments, **more}


def said(role: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"role": role, "parts": list(parts), **more}


ASKED = said("user", text("2 + 3?"))
ADDED = said("assistant", text("I add."), call({"a": 2}))
RESULT = said("tool", {"type": "tool_result", "id": "c1", "result": "5"})

OPENAI = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "2 + 3?"}]},
        {
            "role": "assistant",
            "content": "I add.",
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "add", "arguments": {"a": 2}},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "5"},
    ],
}
RESPONSES = {
    "model": "gpt-5",
    "instructions": "Be brief.",
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "2 + 3?"}]},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "I add."}],
        },
        {"type": "function_call", "call_id": "c1", "name": "add", "arguments": {"a": 2}},
        {"type": "function_call_output", "call_id": "c1", "output": "5"},
    ],
}
ANTHROPIC = {
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": "2 + 3?"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I add."},
                {"type": "tool_use", "id": "c1", "name": "add", "input": {"a": 2}},
            ],
        },
        {
            "role": "tool",
            "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "5"}],
        },
    ],
}
GEMINI = {
    "config": {"system_instruction": "Be brief."},
    "contents": [
        {"role": "user", "parts": [{"text": "2 + 3?"}]},
        {
            "role": "model",
            "parts": [
                {"text": "I add."},
                {"functionCall": {"id": "c1", "name": "add", "args": {"a": 2}}},
            ],
        },
        {"role": "function", "parts": [{"functionResponse": {"id": "c1", "response": "5"}}]},
    ],
}
BEDROCK = {
    "system": [{"text": "Be brief."}],
    "messages": [
        {"role": "user", "content": [{"text": "2 + 3?"}]},
        {
            "role": "assistant",
            "content": [
                {"text": "I add."},
                {"toolUse": {"toolUseId": "c1", "name": "add", "input": {"a": 2}}},
            ],
        },
        {"role": "tool", "content": [{"toolResult": {"toolUseId": "c1", "content": "5"}}]},
    ],
}
LANGCHAIN = {
    "messages": [
        [
            {"lc": 1, "type": "constructor", "id": ["m", name], "kwargs": kwargs}
            for name, kwargs in (
                ("SystemMessage", {"content": "Be brief."}),
                ("HumanMessage", {"content": "2 + 3?"}),
                (
                    "AIMessageChunk",
                    {
                        "content": "I add.",
                        "tool_calls": [{"id": "c1", "name": "add", "args": {"a": 2}}],
                    },
                ),
                ("ToolMessage", {"content": "5", "tool_call_id": "c1", "type": "tool"}),
            )
        ]
    ]
}


@pytest.mark.parametrize("request_body", [OPENAI, RESPONSES, ANTHROPIC, GEMINI, BEDROCK, LANGCHAIN])
def test_it_works(request_body: dict[str, Any]) -> None:
    system = said("system", text("Be brief."))
    found = messages_of(request_body, "user")
    assert found is not None
    assert [simple(each) for each in found] == [system, ASKED, ADDED, RESULT]


def simple(message: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a provider says beside the model's own members."""
    names = ("type", "content", "id", "name", "arguments", "result")
    parts = [{name: part[name] for name in names if name in part} for part in message["parts"]]
    return {"role": message["role"], "parts": parts}


@pytest.mark.parametrize(
    ("response", "finish"),
    [
        (
            {
                "id": "r",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "reasoning_content": "hm", "content": "5"},
                    }
                ],
            },
            "stop",
        ),
        (
            {
                "output": [
                    {
                        "type": "reasoning",
                        "id": "i",
                        "summary": [{"type": "summary_text", "text": "hm"}],
                    },
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "output_text", "text": "5"}],
                    },
                ]
            },
            None,
        ),
        (
            {
                "role": "assistant",
                "stop_reason": "end_turn",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "text", "text": "5"},
                ],
            },
            "end_turn",
        ),
        (
            {
                "candidates": [
                    {
                        "finishReason": "STOP",
                        "content": {
                            "role": "model",
                            "parts": [{"text": "hm", "thought": True}, {"text": "5"}],
                        },
                    }
                ]
            },
            "STOP",
        ),
        (
            {
                "stopReason": "end_turn",
                "output": {
                    "message": {
                        "role": "assistant",
                        "content": [
                            {"reasoningContent": {"reasoningText": {"text": "hm"}}},
                            {"text": "5"},
                        ],
                    }
                },
            },
            "end_turn",
        ),
        (
            {
                "message": {"role": "assistant", "thinking": "hm", "content": "5"},
                "done_reason": "stop",
            },
            "stop",
        ),
        (
            {
                "generations": [
                    [
                        {
                            "text": "5",
                            "generation_info": {"finish_reason": "stop"},
                            "message": {
                                "lc": 1,
                                "type": "constructor",
                                "id": ["AIMessage"],
                                "kwargs": {
                                    "content": [
                                        {"type": "reasoning", "reasoning": "hm"},
                                        {"type": "text", "text": "5"},
                                    ]
                                },
                            },
                        }
                    ]
                ]
            },
            "stop",
        ),
    ],
)
def test_an_answer_keeps_its_thinking_and_why_it_ended(response: Any, finish: str | None) -> None:
    found = messages_of(response, "assistant")
    assert found is not None
    (message,) = found
    expected = said("assistant", {"type": "reasoning", "content": "hm"}, text("5"))
    assert simple(message) == expected
    assert message.get("finish_reason") == finish


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            {"type": "image_url", "image_url": {"url": "https://x/y.png", "detail": "low"}},
            {"type": "image", "url": "https://x/y.png", "detail": "low"},
        ),
        ({"type": "input_image", "image_url": "data:…"}, {"type": "image", "url": "data:…"}),
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"},
            },
            {"type": "image", "mime_type": "image/png", "content": "iVBO"},
        ),
        (
            {"inlineData": {"mimeType": "image/png", "data": "iVBO"}},
            {"type": "image", "mime_type": "image/png", "content": "iVBO"},
        ),
        (
            {"fileData": {"mimeType": "application/pdf", "fileUri": "gs://b/f.pdf"}},
            {"type": "file", "mime_type": "application/pdf", "url": "gs://b/f.pdf"},
        ),
        (
            {"image": {"format": "png", "source": {"bytes": "iVBO"}}},
            {"type": "image", "format": "png", "content": "iVBO"},
        ),
        (
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "JVBE"}},
            {"type": "file", "filename": "a.pdf", "content": "JVBE"},
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
            {"type": "file", "format": "wav", "content": "UklG"},
        ),
        ({"type": "refusal", "refusal": "No."}, {"type": "refusal", "content": "No."}),
        ({"type": "of tomorrow", "x": 1}, {"type": "of tomorrow", "x": 1}),
        ({"cachePoint": {"type": "default"}}, {"cachePoint": {"type": "default"}}),
    ],
)
def test_images_files_and_what_is_not_known_are_parts(part: Any, expected: Any) -> None:
    found = messages_of([{"role": "user", "content": [part]}], "user")
    assert found == [said("user", expected)]


def test_the_choices_of_a_call_stay_apart() -> None:
    choices = [
        {"index": n, "finish_reason": "stop", "message": {"role": "assistant", "content": str(n)}}
        for n in range(3)
    ]
    found = messages_of({"choices": choices}, "assistant")
    assert found is not None
    assert [message["parts"] for message in found] == [[text(str(n))] for n in range(3)]


def test_text_completions_have_texts_for_choices() -> None:
    found = messages_of({"choices": [{"text": "5", "finish_reason": "stop"}]}, "assistant")
    assert found == [said("assistant", text("5"), finish_reason="stop")]


def test_messages_of_the_one_model_stay_as_they_are() -> None:
    ours = [
        said("user", text("2 + 3?"), {"type": "image", "url": "https://x/y.png"}),
        said("assistant", call('{"a": 2'), {"type": "reasoning", "content": "hm"}),
        said("tool", {"type": "tool_result", "id": "c1", "result": [1, 2]}, name="add"),
    ]
    assert messages_of(ours, "user") == ours


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "text",
        [],
        {},
        ["a", "b"],
        {"a": 1},
        {"input": "x"},
        {"query": "x"},
        [[1]],
        [{}],
        [{"a": 1}],
        [{"role": "admin"}, {"role": "guest"}],
    ],
)
def test_what_is_no_conversation_is_said_to_be_none(value: Any) -> None:
    assert messages_of(value, "user") is None


def test_a_choice_that_says_nothing_but_its_message_is_one() -> None:
    said = {"choices": [{"message": {"role": "assistant", "content": "4"}}]}
    assert messages_of(said, "user") == [
        {"role": "assistant", "parts": [{"type": "text", "content": "4"}]}
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"messages": 5},
        {"choices": [None]},
        {"choices": [{"message": None}]},
        {"output": {"message": []}},
        {"role": "user", "content": [None, 3, [], {"type": 7}]},
        {"role": "assistant", "tool_calls": [None, {"function": 3}, {}]},
        {"type": "constructor", "id": [None], "kwargs": {}},
        {"type": "reasoning", "summary": None},
        {"role": "user", "parts": {"a": 1}, "content": {"b": 2}},
    ],
)
def test_broken_shapes_raise_nothing(value: Any) -> None:
    messages_of(value, "user")
