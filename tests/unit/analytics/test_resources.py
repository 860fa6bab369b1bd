"""Outside things are found where they are named, and nowhere else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.resources import (
    MAX_NAMED,
    Resource,
    ResourceKind,
    resources_in_arguments,
    resources_in_attributes,
)

URL, FILE, HOST = ResourceKind.URL, ResourceKind.FILE, ResourceKind.HOST


def test_it_works() -> None:
    arguments = json.dumps({"url": "https://example.org/a?b=1", "path": "/etc/hosts"})
    assert resources_in_arguments(arguments) == [
        Resource(URL, "https://example.org/a?b=1", "example.org"),
        Resource(FILE, "/etc/hosts", None),
    ]


def test_an_address_ends_where_its_sentence_does() -> None:
    said = "see https://example.org/a, then (http://b.example/c)."
    names = [each.name for each in resources_in_arguments(said)]
    assert names == ["https://example.org/a", "http://b.example/c"]


def test_a_password_in_an_address_is_not_repeated() -> None:
    (found,) = resources_in_arguments('"postgres://bob:secret@db.example:5432/x"')
    assert found == Resource(URL, "postgres://…@db.example:5432/x", "db.example")


def test_a_file_address_is_a_file() -> None:
    assert resources_in_arguments("file:///tmp/a") == [Resource(FILE, "/tmp/a", None)]


def test_a_word_that_is_no_path_is_no_file() -> None:
    assert resources_in_arguments('{"query": "path to glory", "path": 3, "file": ""}') == []


def test_nested_files_are_found_and_named_once() -> None:
    text = '{"edits": [{"file_path": "a.py"}, {"file_path": "a.py"}, {"Path": "b.py"}]}'
    assert [each.name for each in resources_in_arguments(text)] == ["a.py", "b.py"]


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({"url.full": "https://a.example/x"}, [Resource(URL, "https://a.example/x", "a.example")]),
        ({"server.address": "a.example"}, [Resource(HOST, "a.example", "a.example")]),
        ({"mcp.resource.uri": "note://1"}, [Resource(URL, "note://1", "1")]),
        ({"db.system": "sqlite"}, [Resource(ResourceKind.DATABASE, "sqlite", None)]),
        ({"url.full": 7, "server.address": ""}, []),
        ({"other": "server.address"}, []),
    ],
)
def test_attributes_of_the_conventions_name_resources(
    attributes: dict[str, object], found: list[Resource]
) -> None:
    assert resources_in_attributes(json.dumps(attributes)) == found


def test_a_page_of_links_names_no_more_than_a_bound() -> None:
    text = " ".join(f"https://example.org/{n}" for n in range(1_000))
    assert len(resources_in_arguments(text)) == MAX_NAMED


@given(st.text(), st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner)))
def test_no_text_is_too_strange(text: str, value: object) -> None:
    for strange in (text, f"https://{text}", json.dumps({"path": value, "url.full": text})):
        resources_in_arguments(strange)
        resources_in_attributes(strange)
