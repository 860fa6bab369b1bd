"""What each operation of the GenAI convention is (`gen_ai.operation.name`), in the words of today and of before.

A plan is a phase of an agent, which has calls below it. What writes to a memory is no look-up. To fetch a response
that was generated before generates nothing.
"""

from __future__ import annotations

from deliberation.vocabulary import NodeKind

CURRENT = {
    "chat": NodeKind.MODEL_CALL,
    "text_completion": NodeKind.MODEL_CALL,
    "generate_content": NodeKind.MODEL_CALL,
    "fetch_response": NodeKind.STEP,
    "embeddings": NodeKind.RETRIEVAL,
    "retrieval": NodeKind.RETRIEVAL,
    "search_memory": NodeKind.RETRIEVAL,
    "create_memory": NodeKind.STEP,
    "update_memory": NodeKind.STEP,
    "upsert_memory": NodeKind.STEP,
    "delete_memory": NodeKind.STEP,
    "create_memory_store": NodeKind.STEP,
    "delete_memory_store": NodeKind.STEP,
    "execute_tool": NodeKind.TOOL_CALL,
    "invoke_agent": NodeKind.AGENT,
    "create_agent": NodeKind.STEP,
    "invoke_workflow": NodeKind.STEP,
    "plan": NodeKind.STEP,
    "apply_guardrail": NodeKind.VERIFICATION,
}
"""The convention's own list."""

OTHERS = {
    "completion": NodeKind.MODEL_CALL,
    "chat.completions": NodeKind.MODEL_CALL,
    "chat.streaming_completions": NodeKind.MODEL_CALL,
    "text.completions": NodeKind.MODEL_CALL,
    "text.streaming_completions": NodeKind.MODEL_CALL,
    "responses": NodeKind.MODEL_CALL,
    "image": NodeKind.MODEL_CALL,
    "audio": NodeKind.MODEL_CALL,
    "embedding": NodeKind.RETRIEVAL,
    "rerank": NodeKind.RETRIEVAL,
    "process_thread_run": NodeKind.AGENT,
    "start_thread_run": NodeKind.AGENT,
    "agent": NodeKind.AGENT,
    **dict.fromkeys(
        ("run_guardrail", "guardrail_check", "guardrail.run", "guard"), NodeKind.VERIFICATION
    ),
    **dict.fromkeys(("evaluate", "evaluation"), NodeKind.VERIFICATION),
}
"""Semantic Kernel's, Spring AI's, OpenLIT's and Azure AI Agents', what the convention called so before, and what is not
in it yet: guards as its proposals, Traceloop and the instrumentation of OpenAI's Agents call them."""

OPERATIONS = {**OTHERS, **CURRENT}
