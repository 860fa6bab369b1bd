"""The reference is what the code says."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given

from deliberation import schema
from deliberation.events import EVENT_CLASSES
from deliberation.events.codec import encode
from deliberation.sentences import sentences_of
from tests.unit.sdk.strategies import events

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def test_it_works():
    assert len(schema.make_schema()["oneOf"]) == len(EVENT_CLASSES)


@pytest.mark.parametrize("name", ["events.schema.json", "events.md", "control-states.md"])
def test_the_committed_reference_is_current(name, tmp_path):
    schema.write(tmp_path)
    committed = (REFERENCE / name).read_text(encoding="utf-8")
    assert committed == (tmp_path / name).read_text(encoding="utf-8"), (
        "run: python -m deliberation.schema docs/reference"
    )


@cache
def make_validator():
    """Made once: writing the schema takes a quarter of a second."""
    jsonschema = pytest.importorskip("jsonschema")
    return jsonschema.Draft202012Validator(schema.make_schema())


@given(events)
def test_what_the_codec_writes_fits_the_schema(event):
    make_validator().validate(json.loads(json.dumps(encode(event))))


def test_an_event_that_lacks_something_does_not_fit_the_schema():
    validator = make_validator()
    assert not validator.is_valid({"v": 1, "kind": "node.started", "run": "r", "key": "k"})


@pytest.mark.parametrize(
    "kind", [each for each in schema._shared_types() if hasattr(each, "__members__")]
)
def test_every_word_has_a_sentence(kind):
    assert set(sentences_of(kind)) >= set(kind.__members__)
