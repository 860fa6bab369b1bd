"""Judge the judge: the pages about verifiers, where their numbers lead, and what they refuse."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deliberation.events import CandidateProposed, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    Independence,
    NodeKind,
    VerdictOutcome,
    VerifierKind,
)
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import People, make_project
from traces.queries.verifier_cells import Cell

LOGS = Path(__file__).resolve().parents[4] / "shared" / "data" / "reflexion_verifier"
ACCEPT, REJECT = VerdictOutcome.ACCEPT, VerdictOutcome.REJECT
NAMES = ["judge", "a/b?c#d%2F", "..", "<script>alert(1)</script>", "user:bob", "prüfer 1"]
FIGURES = ["reliability", "best-of-n"]


@pytest.fixture
def bob(people: People) -> Client:
    return client_of(people, "bob")


def client_of(people: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(people, name))
    return client


def judge(
    people: People, *nodes: tuple[bool, VerdictOutcome], name: str = "judge", **facts: Any
) -> str:
    """A run of candidates, each judged once."""
    run = new_run()
    events = [make_event(RunStarted, run, name="a run", task="2 + 2?", tags=["t"])]
    for number, (right, outcome) in enumerate(nodes):
        node = f"s{number}"
        events += [
            observed(run, node, node_kind=NodeKind.SAMPLE, name=f"sample {number}"),
            make_event(CandidateProposed, run, node=node, answer="4", correct=right),
            make_event(VerdictGiven, run, node=node, verifier=name, outcome=outcome,
                       **{"score": float(number), "scale_min": 0.0, "scale_max": 10.0, **facts}),
        ]  # fmt: skip
    put_on_record(people.project, *events)
    return run


FOUR = [(True, ACCEPT), (False, ACCEPT), (True, REJECT), (False, REJECT)]


def page(client: Client, name: str = "judge", query: str = "") -> str:
    answer = client.get(reverse("verifier", args=[name]) + query)
    assert answer.status_code == 200, answer.text[:400]
    return " ".join(unescape(answer.text).split())


def test_it_works(people: People, bob: Client) -> None:
    run = judge(people, *FOUR)
    listed = bob.get(reverse("verifiers")).text
    assert "judge" in listed
    told = page(bob)
    for name in ("Precision", "Recall", "False-accept rate", "False-discovery rate", "AUC"):
        assert name in told
    assert told.count("50.0 %") >= 4
    assert "FP / (FP + TN)" in told
    assert "FP / (FP + TP)" in told
    [address] = re.findall(r'href="([^"]*cell=false_accept)"> ?1<', told)[:1]
    nodes = bob.get(address).text
    assert f"/runs/{run}#node=" in nodes
    assert "sample 1" in nodes
    assert "sample 0" not in nodes


@pytest.mark.parametrize("name", NAMES)
def test_a_verifier_of_any_name_has_a_page_that_its_verdicts_lead_to(
    people: People, bob: Client, name: str
) -> None:
    run = judge(people, *FOUR, name=name, version="1&2")
    address = reverse("verifier", args=[name])
    for link in (bob.get(reverse("run-verdicts", args=[run])).text, bob.get("/verifiers").text):
        assert address in unescape(link)
        assert "<script>alert" not in link
    told = bob.get(f"{address}?version={quote('1&2')}")
    assert told.status_code == 200
    assert "<script>alert" not in told.text
    assert bob.get(f"{address}?version=3").status_code == 200


def test_every_number_that_leads_somewhere_leads_to_as_many(people: People, bob: Client) -> None:
    for facts in ({}, {"saw_reference": True}, {"independence": Independence.SAME_MODEL}):
        judge(people, *FOUR, (True, VerdictOutcome.UNSURE), (False, VerdictOutcome.ERROR), **facts)
    other = {"verifier": "user:bob", "verifier_kind": VerifierKind.HUMAN, "outcome": REJECT}
    run = judge(people, *FOUR)
    put_on_record(people.project, make_event(VerdictGiven, run, node="s0", **other))
    told = page(bob)
    links = set(re.findall(r'href="(/verifier-nodes/[^"]+)"> ?([\d,]+) ?<', told))
    assert len(links) > 15
    for address, number in links:
        rows = bob.get(address).text.count("#node=")
        assert (rows, address) == (int(number), address)


def test_flags_stand_on_top(people: People, bob: Client) -> None:
    judge(people, *FOUR, saw_reference=True, independence=Independence.SAME_MODEL)
    told = page(bob)
    assert "oracle leak" in told
    assert "the model that wrote the answer judged it" in told
    assert "saw the reference" in bob.get("/verifiers").text


def test_a_verifier_that_is_the_truth_itself_is_doubted(people: People, bob: Client) -> None:
    judge(people, *[(True, ACCEPT), (False, REJECT)] * 20)
    assert "they may well be the same check" in page(bob)


def test_what_is_undefined_says_why_and_is_no_zero(people: People, bob: Client) -> None:
    judge(people, (True, VerdictOutcome.UNSURE), score=None)
    told = page(bob)
    assert told.count("undefined") > 8
    assert "there is nothing to compute it from" in told
    assert "0.0 %" not in told
    for figure in FIGURES:
        drawn = bob.get(reverse(f"verifier-{figure}", args=["judge"])).json()
        assert drawn["data"] == []
        assert drawn["empty"]
        table = bob.get(reverse(f"verifier-{figure}-table", args=["judge"]))
        assert "Nothing is recorded" in table.text


def test_figures_are_drawn_told_as_tables_and_as_csv(people: People, bob: Client) -> None:
    for _ in range(2):
        judge(people, *FOUR)
    for figure in FIGURES:
        drawn = bob.get(reverse(f"verifier-{figure}", args=["judge"])).json()
        assert drawn["data"]
        assert drawn["said"].endswith(".")
        assert json.dumps(drawn).count("NaN") == 0
        sheet = bob.get(reverse(f"verifier-{figure}-csv", args=["judge"]))
        assert sheet["Content-Type"].startswith("text/csv")
        rows = sheet.text.strip().splitlines()
        whole = bob.get(reverse(f"verifier-{figure}-table", args=["judge"])).text
        assert whole.count("<tr>") == len(rows)
        piece = bob.get(
            reverse(f"verifier-{figure}-table", args=["judge"]), headers={"hx-request": "true"}
        ).text
        assert piece.lstrip().startswith("<div")


def test_choosing_by_a_bad_verifier_is_said_to_make_it_worse(people: People, bob: Client) -> None:
    judge(people, (False, ACCEPT), (True, ACCEPT), (True, ACCEPT), (False, ACCEPT))
    told = page(bob)
    assert "Beyond 1 sample" in told
    assert "makes it worse" in told


def test_costs_are_summed_with_how_many_state_one(people: People, bob: Client) -> None:
    judge(people, *FOUR, cost=Cost(amount=1, provenance=CostProvenance.REPORTED))
    told = page(bob)
    assert "$4.00" in told
    assert re.search(r">4</a> of 4 verdicts state their cost", told)


@pytest.mark.parametrize(
    "query",
    ["threshold=much", "threshold=inf", "truth=oracle", "state=nowhere", "since=soon", "cell=none",
     "right=maybe", "basis=guess", "standing=x", f"version={'v' * 1001}", "cost_from=-1"],
)  # fmt: skip
def test_what_an_address_cannot_mean_is_refused_with_a_sentence(
    people: People, bob: Client, query: str
) -> None:
    judge(people, *FOUR)
    answer = bob.get(f"{reverse('verifier-nodes', args=['judge'])}?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text


@pytest.mark.parametrize("query", ["cursor=none", "project=other", "project=%00", "after=x"])
def test_places_and_projects_that_are_none_of_theirs_are_not_there(
    people: People, bob: Client, query: str
) -> None:
    judge(people, *FOUR)
    make_project("other")
    address = reverse("verifier-nodes", args=["judge"])
    assert bob.get(f"{address}?{query}").status_code == 404
    assert bob.get(f"/verifiers?{query}").status_code == 404


def test_each_sees_the_verifiers_of_their_own_projects(people: People) -> None:
    judge(people, *FOUR)
    charlie, alice = client_of(people, "charlie"), client_of(people, "alice")
    assert alice.get(reverse("verifier", args=["judge"])).status_code == 200
    assert "judge<" not in charlie.get("/verifiers").text
    for name in ("verifier", "verifier-nodes", *(f"verifier-{figure}" for figure in FIGURES)):
        theirs, unknown = (charlie.get(reverse(name, args=[one])) for one in ("judge", "nobody"))
        assert (theirs.status_code, unknown.status_code) == (404, 404)


def test_a_filter_that_leaves_nothing_leaves_a_page_that_says_so(
    people: People, bob: Client
) -> None:
    judge(people, *FOUR)
    assert "hold no verdict of it" in page(bob, query="?tag=none")
    assert "1 run with 4 verdicts" in page(bob, query="?tag=t")


def test_more_runs_ask_the_database_no_more_often(people: People, bob: Client) -> None:
    asked = []
    for _ in range(2):
        judge(people, *FOUR)
        page(bob)  # what a process looks up once is looked up now
        with CaptureQueriesContext(connection) as queries:
            page(bob)
        asked.append(len(queries))
        for _ in range(5):
            judge(people, *FOUR)
    assert asked[0] == asked[1]


def test_all_cells_have_a_list(people: People, bob: Client) -> None:
    judge(people, *FOUR)
    for cell in Cell:
        answer = bob.get(f"{reverse('verifier-nodes', args=['judge'])}?cell={cell}&against=x")
        assert (answer.status_code, cell) == (200, cell)


def test_the_pages_speak_german(people: People, bob: Client) -> None:
    judge(people, *FOUR)
    bob.cookies["language"] = "de"
    assert "Trefferquote" in page(bob)


@pytest.mark.skipif(not LOGS.is_dir(), reason="the public logs are not beside this tree")
def test_the_published_table_of_reflexion_stands_on_the_page(people: People, bob: Client) -> None:
    """Shinn et al. 2023, table 2, MBPP in Python: 242, 47, 64, 44; their "FP .16" is of what was accepted."""
    call_command("import_traces", str(LOGS / "mbpp_py_reflexion_gpt4.jsonl"), verbosity=0)
    told = page(bob, "self-written tests")
    for cell, count in {
        "true_accept": 242,
        "false_accept": 47,
        "false_reject": 64,
        "true_reject": 44,
    }.items():
        assert re.search(rf'cell={cell}"> ?{count}<', told), cell
    assert "51.6 %" in told
    assert "16.3 %" in told
