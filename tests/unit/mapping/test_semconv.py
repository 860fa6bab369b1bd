"""The convention `deliberation.*` is defined once; its page, its registry and the mapping agree with it."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml

from deliberation import semconv
from deliberation.events.codec import encode
from deliberation.semconv import ATTRIBUTES, Attribute, Carrier
from ingest.mapping import deliberation, map_span
from tests.unit.mapping.making import RUN, TRACE, make_span

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def told(attributes: dict[str, Any], link: dict[str, Any]) -> list[dict[str, Any]]:
    target = {"trace_id": TRACE, "span_id": "00f067aa0ba902b7"}
    links = [target | ({"attributes": link} if link else {})]
    events = map_span(make_span(attributes, parent_id=None, links=links), RUN)
    return [{k: v for k, v in encode(each).items() if k != "attributes"} for each in events]


def surroundings(attribute: Attribute) -> dict[str, Any]:
    """What makes the fact that an attribute adds to: a reason needs a fate."""
    makers = {
        "deliberation.fate": "kept",
        "deliberation.verdict": "unsure",
        "deliberation.value": 0.125,
        "deliberation.candidate": "an answer",
        "deliberation.selected": True,
    }
    return {name: value for name, value in makers.items() if name != attribute.name}


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda each: each.name)
def test_every_attribute_becomes_a_fact(attribute: Attribute) -> None:
    given = {attribute.name: attribute.example}
    around = surroundings(attribute)
    if attribute.carrier is Carrier.LINK:
        assert told({}, given) != told({}, {})
    else:
        assert told(around | given, {}) != told(around, {})


def test_the_mapping_reads_no_attribute_that_is_not_defined() -> None:
    source = Path(str(deliberation.__file__)).read_text(encoding="utf-8")
    source = source.replace("{VERDICT}", "deliberation.verdict")
    named = set(re.findall(r"deliberation\.[a-z_]+(?:\.[a-z_]+)?(?=[\"'])", source))
    assert named - {each.name for each in ATTRIBUTES} == set()
    assert len(named) > 40


def test_the_page_and_the_registry_are_current() -> None:
    assert (REFERENCE / "semconv.md").read_text(encoding="utf-8") == semconv.write_page()
    assert (REFERENCE / "semconv.yaml").read_text(encoding="utf-8") == semconv.write_registry()


def test_the_registry_is_yaml_of_the_form_that_opentelemetry_reads() -> None:
    (group,) = yaml.safe_load(semconv.write_registry())["groups"]
    assert group["type"] == "attribute_group"
    found = {each["id"]: each for each in group["attributes"]}
    assert set(found) == {each.name for each in ATTRIBUTES}
    for attribute in ATTRIBUTES:
        read = found[attribute.name]
        assert read["examples"] == [attribute.example]
        assert read["brief"].startswith(attribute.about)
        if not isinstance(attribute.type, str):
            assert issubclass(attribute.type, Enum)
            members = [each["value"] for each in read["type"]["members"]]
            assert members == [member.value for member in attribute.type]
