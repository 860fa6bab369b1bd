"""The panel of a node: its texts, what of them cannot be read, and pieces of what is too large for a page."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import EdgeDrawn, VerdictGiven
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    CostProvenance,
    EdgeKind,
    NodeKind,
    TextVisibility,
    Usage,
    VerdictOutcome,
)
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import People
from traces.queries.portions import PORTION_CHARS

SCRIPT = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script><b hx-get=/x>\u202e"


def read(people: People, address: str, name: str = "bob", **parameters: Any) -> tuple[int, str]:
    client = Client()
    client.force_login(getattr(people, name))
    answer = client.get(address, parameters, headers=SCRIPT)
    return answer.status_code, answer.text


def call(people: People, **facts: Any) -> str:
    run = new_run()
    put_on_record(people.project, observed(run, "a", node_kind=NodeKind.MODEL_CALL, **facts))
    return run


def panel(people: People, run: str, node: str = "a") -> str:
    status, text = read(people, reverse("node", args=[run, node]))
    assert status == 200
    return text


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_it_works(people: People) -> None:
    run = call(
        people,
        input=json.dumps([{"role": "user", "content": "6 * 7?"}]),
        reasoning="six sevens",
        output="42",
        usage=Usage(input=120, cache_read=100, output=40, reasoning=3),
        cost=Cost(amount=Decimal("0.0012345"), currency="USD", provenance=CostProvenance.REPORTED),
        cost_basis=CostBasis.MEASURED,
    )
    html = panel(people, run)
    said = words(html)
    places = [html.index(f'id="part-{name}"') for name in ("input", "reasoning", "output", "spent")]
    assert places == sorted(places)
    assert "$0.0012 $0.0012345 as its source states it; measured on this node" in said
    assert "input 120 of it read from cache 100 of it written to cache not recorded" in said
    assert "output 40 of it reasoning 3 together 160" in said
    assert "opaque" not in html


def test_reasoning_in_the_answer_s_messages_stands_apart_from_the_answer(people: People) -> None:
    parts = [{"type": "reasoning", "content": "hm"}, {"type": "text", "content": "42"}]
    run = call(people, output=json.dumps([{"role": "assistant", "parts": parts}]))
    html = panel(people, run)
    reasoning, output = html.index('id="part-reasoning"'), html.index('id="part-output"')
    assert "hm" in html[reasoning:output]
    assert "42" in html[output:]
    assert html.count(">hm</pre>") == 1


@pytest.mark.parametrize(
    ("facts", "said", "height"),
    [
        ({"output": "42"}, "800 tokens as billed · its source gives no text", 40 * 18),
        (
            {"output": "42", "reasoning": "x" * 100},
            "a summary at most: 100 characters for these tokens",
            39 * 18,
        ),
        (
            {
                "output": json.dumps(
                    [{"type": "reasoning", "encrypted_content": "gAAA" * 100, "summary": []}]
                )
            },
            "800 tokens as billed · encrypted by the provider, 300 bytes",
            40 * 18,
        ),
    ],
)
def test_hidden_reasoning_is_drawn_with_the_room_it_would_take(
    people: People, facts: dict[str, Any], said: str, height: int
) -> None:
    html = panel(people, call(people, usage=Usage(output=900, reasoning=800), **facts))
    assert said in words(html)
    assert f'height="{height}"' in html


def test_reasoning_that_can_be_read_whole_hides_nothing(people: People) -> None:
    facts = {"reasoning": "x" * 400, "output": "42", "usage": Usage(output=150, reasoning=100)}
    assert "opaque" not in panel(people, call(people, **facts))


def test_a_call_without_content_has_blocks_for_what_it_counts(people: People) -> None:
    run = call(
        people,
        text_visibility=TextVisibility.NONE,
        usage=Usage(input=5213, output=900, reasoning=700),
    )
    said = words(panel(people, run))
    assert "5,213 tokens as counted by its source · its text is not recorded" in said
    assert "200 tokens as counted by its source" in said


def test_a_message_of_nothing_but_reasoning_is_not_told_as_one_that_comes_before(
    people: People,
) -> None:
    said = [
        {"role": "assistant", "parts": [{"type": "reasoning", "content": "hm"}]},
        {"role": "assistant", "parts": [{"type": "text", "content": "42"}]},
    ]
    html = panel(people, call(people, output=json.dumps(said)))
    assert "before" not in words(html)
    assert html.count(">hm</pre>") == html.count(">42</pre>") == 1


def test_a_latent_step_is_a_block_whose_size_nobody_tells(people: People) -> None:
    run = new_run()
    put_on_record(
        people.project,
        observed(run, "a", node_kind=NodeKind.LATENT),
        observed(run, "b", node_kind=NodeKind.LATENT, usage=Usage(output=80)),
    )
    assert "size not told · a latent step" in words(panel(people, run))
    assert "80 tokens as counted by its source" in words(panel(people, run, "b"))


def test_a_long_text_comes_by_portions_that_leave_nothing_out(people: People) -> None:
    text = "".join(f"{n:07d}€" for n in range(40_000))
    run = call(people, output=text)
    found = re.search(r'href="([^"]*)">Show more', panel(people, run))
    assert found
    client = Client()
    client.force_login(people.bob)
    start = int(re.search(r"from=(\d+)", found[1])[1])  # type: ignore[index]
    shown, address = text[:start], found[1]
    while address:
        piece = client.get(address.replace("&amp;", "&"), headers=SCRIPT).text
        told = re.search(r"<pre[^>]*>(.*?)</pre>", piece, re.DOTALL)
        assert told
        assert len(told[1]) <= PORTION_CHARS
        shown += told[1]
        more = re.search(r'href="([^"]*)">Show more', piece)
        address = more[1] if more else ""
    assert shown == text


def test_the_end_of_a_text_can_be_had_at_once_and_the_gap_before_it_stays(people: People) -> None:
    run = call(people, output="x" * 300_000 + "the end")
    address = reverse("node-text", args=[run, "output", "a"])
    _, html = read(people, address, **{"from": 65_536, "end": 1})
    assert "the end</pre>" in html
    assert f"from=65536&amp;to={300_007 - PORTION_CHARS}" in html


def test_json_is_folded_and_what_is_deeper_is_fetched(people: People) -> None:
    run = call(people, output=json.dumps({"a": {"b": {"c": {"d": "deep"}}}, "n": 10**22}))
    html = panel(people, run)
    assert "json__name" in html
    assert "1" + "0" * 22 in html
    assert "deep" not in html
    found = re.search(r'href="([^"]*/folded/[^"]*)"', html)
    assert found
    status, piece = read(people, found[1].replace("&amp;", "&"))
    assert (status, "deep" in piece) == (200, True)


def test_of_many_messages_the_last_are_shown_and_earlier_ones_fetched(people: People) -> None:
    messages = [{"role": "user", "content": f"said {n}."} for n in range(5_000)]
    run = call(people, input=json.dumps(messages))
    html = panel(people, run)
    assert "4,900 messages come before" in words(html)
    assert "said 4899." not in html
    _, piece = read(people, reverse("node-messages", args=[run, "input", "a"]), before=4_900)
    assert "said 4899." in piece
    assert "said 4799." not in piece
    assert "4,800 messages come before" in words(piece)


def test_a_long_message_goes_on_in_portions_of_its_own(people: People) -> None:
    run = call(
        people, input=json.dumps([{"role": "user", "content": "x" * 100_000 + "the last words"}])
    )
    html = panel(people, run)
    assert "last words" not in html
    found = re.search(r'href="([^"]*)">Show the end', html)
    assert found
    assert "last words" in read(people, found[1].replace("&amp;", "&"))[1]


def test_verdicts_bring_their_whole_rationale_and_evidence(people: People) -> None:
    run = call(people, output="42")
    put_on_record(
        people.project,
        make_event(VerdictGiven, run, node="a", verifier="v", outcome=VerdictOutcome.REJECT,
                   rationale="because " * 100 + "so", evidence=HOSTILE, checks_total=4,
                   checks_passed=1),
    )  # fmt: skip
    html = panel(people, run)
    assert "because so" in html
    assert "1 of 4 checks passed" in words(html)
    assert "<script>" not in html
    assert "⟨U+202E⟩" in html


def test_edges_lead_to_the_other_node_by_its_name_and_say_which_way(people: People) -> None:
    run = call(people, output="42")
    put_on_record(
        people.project,
        observed(run, "b", name="the first draft"),
        make_event(EdgeDrawn, run, edge=EdgeKind.REVISES, source="a", target="b"),
        make_event(EdgeDrawn, run, edge=EdgeKind.VOTES_INTO, source="a", target="never came"),
    )
    assert "revises the first draft #2" in words(panel(people, run))
    assert "votes into never came · not received" in words(panel(people, run))
    assert "revised by" in words(panel(people, run, "b"))


def test_ledger_entries_are_shown_as_they_were_recorded(people: People) -> None:
    run = call(people, output=HOSTILE, name=HOSTILE)
    status, html = read(people, reverse("node-entries", args=[run, "a"]))
    assert status == 200
    said = words(html).replace("&quot;", '"')
    assert '"kind":"node.observed"' in said
    assert f'"run":"{run}"' in said
    assert f"/runs/{run}/ledger/" in html
    assert "<script>" not in html


def test_everybody_without_a_script_gets_each_piece_as_a_page(people: People) -> None:
    run = call(people, output=json.dumps({"a": 1}), input='[{"role":"user","content":"hi"}]')
    client = Client()
    client.force_login(people.bob)
    for name, values in pieces(run):
        answer = client.get(reverse(name, args=values))
        assert (answer.status_code, name) == (200, name)
        assert "<h1>" in answer.text


def pieces(run: str) -> list[tuple[str, list[str]]]:
    return [
        ("node-text", [run, "output", "a"]),
        ("node-folded", [run, "output", "a"]),
        ("node-messages", [run, "input", "a"]),
        ("node-entries", [run, "a"]),
    ]


def test_charlie_finds_no_piece_and_nobody_one_of_an_unknown_part(people: People) -> None:
    run = call(people, output="42", input='[{"role":"user","content":"hi"}]')
    for name, values in pieces(run):
        assert (read(people, reverse(name, args=values), "charlie")[0], name) == (404, name)
    for name in ("node-text", "node-folded", "node-messages"):
        assert read(people, reverse(name, args=[run, "nothing", "a"]))[0] == 404
    assert read(people, reverse("node-text", args=[run, "output", "other"]))[0] == 404


@pytest.mark.parametrize(
    ("name", "part", "asked"),
    [
        ("node-text", "output", {"from": "x"}),
        ("node-text", "output", {"from": "-1"}),
        ("node-text", "output", {"from": "9" * 30}),
        ("node-text", "output", {"from": 3}),
        ("node-text", "output", {"from": 2, "to": 1}),
        ("node-text", "output", {"to": 3}),
        ("node-text", "input", {"message": 1}),
        ("node-text", "input", {"message": 0, "index": 1}),
        ("node-folded", "output", {"from": 3}),
        ("node-messages", "input", {"before": 0}),
        ("node-messages", "input", {"before": 2}),
    ],
)
def test_a_range_that_is_none_is_refused_with_a_sentence(
    people: People, name: str, part: str, asked: dict[str, Any]
) -> None:
    run = call(people, output="42", input='[{"role":"user","content":"hi"}]')
    status, said = read(people, reverse(name, args=[run, part, "a"]), **asked)
    assert status == 400
    assert len(said) > 10
