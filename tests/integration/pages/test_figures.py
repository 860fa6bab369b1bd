"""The figures of a run: what is drawn, the same as a table and as CSV, and what is said where nothing can be drawn."""

from __future__ import annotations

import base64
import csv
import gzip
import json
from array import array
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from deliberation.events import FateDecided, NodeScored, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    CostProvenance,
    DiscardReason,
    Fate,
    NodeKind,
    Usage,
    VerdictOutcome,
)
from tests.integration.build import NOW_NS, SECOND, make_event, new_run, observed, put_on_record
from tests.people import People
from traces.models import Run

SEARCHES = (
    Path(__file__).resolve().parents[4] / "shared" / "data" / "tot_game24" / "tot_bfs_b5.json"
)
NAMES = ["cost", "search", "flow", "spread"]


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)
    return client


@pytest.fixture
def run(people: People) -> str:
    """Two calls under a root, scored; one rejected and discarded. One of them has the name of a formula."""
    made = new_run()
    put_on_record(
        people.project,
        make_event(RunStarted, made, budgets={"usd": "0.5"}),
        observed(made, "root", node_kind=NodeKind.AGENT, started_at=NOW_NS),
        *(call(made, name, at) for at, name in enumerate(["=1+1", "second"], start=1)),
        make_event(NodeScored, made, node="=1+1", value=0.25),
        make_event(NodeScored, made, node="second", value=0.75, visits=3),
        make_event(VerdictGiven, made, node="=1+1", verifier="v", outcome=VerdictOutcome.REJECT),
        make_event(
            FateDecided,
            made,
            node="=1+1",
            fate=Fate.DISCARDED,
            reason=DiscardReason.VERIFIER_REJECTED,
        ),
    )
    return made


def call(run: str, name: str, at: int) -> Any:
    return observed(
        run,
        name,
        name=name,
        parent="root",
        node_kind=NodeKind.MODEL_CALL,
        started_at=NOW_NS + at * SECOND,
        usage=Usage(input=100 * at, output=at),
        cost=Cost(amount=Decimal(f"0.0{at}"), provenance=CostProvenance.REPORTED),
        cost_basis=CostBasis.MEASURED,
    )


def figure_of(client: Client, run: str, name: str, **query: str) -> Any:
    answer = client.get(reverse(f"figure-{name}", args=[run]), query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def rows_of(client: Client, run: str, name: str, **query: str) -> list[dict[str, str]]:
    answer = client.get(reverse(f"figure-{name}-csv", args=[run]), query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{name}-')
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def numbers(column: dict[str, str], typecode: str) -> list[float]:
    found: array[Any] = array(typecode)
    found.frombytes(base64.b64decode(column["bdata"]))
    return list(found)


def test_it_works(bob: Client, run: str) -> None:
    page = bob.get(reverse("run-figures", args=[run])).text
    for name in NAMES:
        assert f'data-chart="{reverse(f"figure-{name}", args=[run])}"' in page
        figure = figure_of(bob, run, name)
        assert (figure["empty"], bool(figure["data"]), bool(figure["said"])) == (None, True, True)


def test_a_search_is_placed_by_what_tells_its_nodes_apart(bob: Client, run: str) -> None:
    figure = figure_of(bob, run, "search")
    placed = {
        trace["meta"]["role"]: (numbers(trace["x"], "f"), numbers(trace["y"], "f"))
        for trace in figure["data"]
    }
    assert placed == {
        "discarded": (pytest.approx([0.01]), [0.25]),
        "open": (pytest.approx([0.02]), [0.75]),
    }
    assert "Without 1 node that lacks one of the two" in figure["said"]


def test_axes_are_chosen_by_the_address(bob: Client, run: str) -> None:
    rows = rows_of(bob, run, "search", x="time", y="tokens")
    assert [(row["Tokens"], row["Time"]) for row in rows] == [
        ("303", "0"),
        ("202", "2"),
        ("101", "1"),
    ]
    assert [row["Visits"] for row in rows_of(bob, run, "search", y="visits", x="depth")] == ["3"]


@pytest.mark.parametrize("address", ["run-figures", "figure-search", "figure-search-csv"])
def test_another_axis_is_refused_with_those_there_are(bob: Client, run: str, address: str) -> None:
    answer = bob.get(reverse(address, args=[run]), {"x": "<b>beauty"})
    assert answer.status_code == 400
    assert answer.text == "x is one of value, visits, depth, tokens, cost, time"


def test_nodes_flow_from_their_level_over_their_verdict_to_their_fate(
    bob: Client, run: str
) -> None:
    assert [tuple(row.values()) for row in rows_of(bob, run, "flow")] == [
        ("level 0", "not judged", "open", "1"),
        ("level 1", "not judged", "open", "1"),
        ("level 1", "reject", "discarded", "1"),
    ]


def test_the_spread_is_that_of_calls_with_the_run_s_limit(bob: Client, run: str) -> None:
    assert figure_of(bob, run, "spread")["said"] == (
        "Cost of 2 model calls: p50 $0.01, p95 $0.02, p99 $0.02, the most $0.02."
        " The run as a whole may spend $0.50."
    )
    nodes = figure_of(bob, run, "spread", of="node")["said"]
    assert "1 more name no cost of their own" in nodes


def test_a_name_that_would_be_a_formula_is_none_in_the_csv(bob: Client, run: str) -> None:
    assert "'=1+1" in {row["Branch"] for row in rows_of(bob, run, "cost")}


def test_a_branch_is_opened_by_asking_for_it_as_root(bob: Client, run: str) -> None:
    whole = figure_of(bob, run, "cost")["data"][0]
    second = figure_of(bob, run, "cost", root=whole["ids"][2])["data"][0]
    assert list(second["labels"]) == [whole["labels"][2]]
    gone = bob.get(reverse("figure-cost", args=[run]), {"root": "999"})
    assert gone.status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_the_same_alone_and_as_a_page(bob: Client, run: str, name: str) -> None:
    address = reverse(f"figure-{name}-table", args=[run])
    piece = bob.get(address, headers={"HX-Request": "true"}).text
    assert "<html" not in piece
    assert piece.strip() in bob.get(address).text


def test_a_table_is_bounded_and_says_what_it_leaves_out(people: People, bob: Client) -> None:
    run = new_run()
    put_on_record(people.project, *(call(run, f"n{each}", 1) for each in range(130)))
    piece = bob.get(reverse("figure-spread-table", args=[run])).text
    assert piece.count("<tr>") == 101
    assert "130 rows, the most first; 30 of them are not shown here" in piece
    assert len(rows_of(bob, run, "spread")) == 130


def test_a_run_without_numbers_says_so_in_each_figure(people: People, bob: Client) -> None:
    run = new_run()
    put_on_record(people.project, make_event(RunStarted, run))
    for name in NAMES:
        figure = figure_of(bob, run, name)
        assert (figure["data"], figure["said"]) == ([], figure["empty"])
        assert rows_of(bob, run, name) == []
        assert "Nothing is recorded" in bob.get(reverse(f"figure-{name}-table", args=[run])).text


@pytest.mark.skipif(not SEARCHES.is_file(), reason="the public logs are not here (../shared/data)")
def test_a_public_search_comes_out_as_its_file_has_it(
    people: People, bob: Client, tmp_path: Path
) -> None:
    case = next(
        each
        for each in json.loads(SEARCHES.read_text())
        if all(len(set(step["new_ys"])) == len(step["new_ys"]) for step in each["steps"])
    )
    (tmp_path / "one.json").write_text(json.dumps([case]))
    call_command("import_traces", str(tmp_path), stdout=StringIO(), stderr=StringIO())
    run = str(Run.objects.get().id)
    levels = Counter[str]()
    for row in rows_of(bob, run, "flow"):
        levels[row["Level"]] += int(row["Nodes"])
    steps = case["steps"]
    expected = {f"level {at}": len(step["new_ys"]) for at, step in enumerate(steps, start=1)}
    assert levels == {"level 0": 1, **expected}
    points = rows_of(bob, run, "search", x="depth", y="value")
    assert Counter((int(row["Depth"]), float(row["Value"])) for row in points) == Counter(
        (at, value) for at, step in enumerate(steps, start=1) for value in step["values"]
    )
    assert figure_of(bob, run, "spread")["data"] == []  # one total for all calls, on none of them


def test_a_large_search_travels_packed(people: People, bob: Client) -> None:
    run = new_run()
    put_on_record(people.project, *(call(run, f"n{each}", 1 + each % 7) for each in range(500)))
    answer = bob.get(reverse("figure-search", args=[run]), headers={"Accept-Encoding": "gzip"})
    figure = json.loads(gzip.decompress(answer.content))
    assert len(answer.content) < 500 * 12
    assert sum(len(numbers(trace["x"], "f")) for trace in figure["data"]) == 500
