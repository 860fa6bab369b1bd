"""What several conventions say of one record becomes the facts of one node."""

from __future__ import annotations

from deliberation.vocabulary import NodeKind, TextVisibility
from ingest.mapping import agent_events
from ingest.mapping.choose import CONVENTIONS, GENERIC
from tests.unit.mapping.making import observe, rest_of
from tests.unit.wire.recordings import ROOT

OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "42",
}
GENAI = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.output_tokens": 3,
}


def test_it_works() -> None:
    node = observe(OPENINFERENCE | GENAI)
    assert node.node_kind is NodeKind.MODEL_CALL
    assert node.usage is not None
    assert node.usage.output == 3


def test_what_one_convention_can_read_another_one_does_not_hide() -> None:
    assert observe(GENAI).text_visibility is TextVisibility.NONE
    assert observe(GENAI | OPENINFERENCE).text_visibility is TextVisibility.FULL


def test_what_a_convention_judges_by_is_named_as_read_and_stays() -> None:
    rest = rest_of(observe(OPENINFERENCE | GENAI))
    assert "openinference.span.kind" in rest["deliberation.read"]["openinference"]
    assert "gen_ai.operation.name" in rest["deliberation.read"]["genai"]
    assert (rest["openinference.span.kind"], rest["gen_ai.operation.name"]) == ("LLM", "chat")


def test_each_convention_has_a_name_of_its_own() -> None:
    names = [each.name for each in CONVENTIONS]
    assert len(set(names)) == len(names)


def test_each_convention_is_told_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "conventions.md").read_text()
    names = [each.name for each in (*CONVENTIONS, GENERIC)] + [agent_events.NAME]
    assert [name for name in names if f"| `{name}` |" not in page] == []
