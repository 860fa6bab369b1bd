"""What is derived of a run for people and programs, and that none of it says what the bundle withholds."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from deliberation.bundle.verdict import Verdict
from deliberation.events import FateDecided, StrategySet
from deliberation.vocabulary import Cost, CostProvenance, DiscardReason, Fate, NodeKind, Strategy
from tests.integration.build import make_event, make_project, observed, put_on_record
from tests.integration.bundles.exported import MADE_AT, recorded_run, verified
from traces.actions.write_run import write_run
from traces.audit.export_options import ExportOptions
from traces.audit.withholding import Withholding
from traces.models import Run
from traces.queries.signer import the_signer

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


def bundle_of(run: str, **options: Any) -> bytes:
    out = io.BytesIO()
    write_run(
        out,
        run_id=Run.objects.get(pk=run).pk,
        options=ExportOptions(signed=False, **options),
        signer=the_signer(),
        made_at=MADE_AT,
        tell=lambda done, entries: None,
    )
    return out.getvalue()


def files_of(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name.rpartition("/")[2]: archive.read(name).decode("utf-8", "replace")
            for name in archive.namelist()
        }


def told_run() -> str:
    run = recorded_run()
    fated = {"fate": Fate.DISCARDED, "reason": DiscardReason.OUTVOTED, "by": "vote", "value": 0.25}
    put_on_record(
        make_project(),
        observed(
            run, "=cmd|' /C calc'!A0", node_kind=NodeKind.SAMPLE, name=SCRIPT, text="a wrong path",
            model="m-1", cost=Cost(amount=Decimal("0.25"), provenance=CostProvenance.REPORTED),
            started_at=10**18, ended_at=10**18 + 1,
        ),
        make_event(FateDecided, run, node="=cmd|' /C calc'!A0", **fated),
        make_event(
            StrategySet, run, strategy=Strategy.BEAM, by="user:bob", reason="No."
        ),
    )  # fmt: skip
    return run


def test_it_works():
    data = bundle_of(told_run())
    report = verified(data)
    assert (report.verdict, report.reason) == (Verdict.UNPINNED, "")
    assert {"report.html", "costs.csv", "otlp.json", "summary.json"} <= files_of(data).keys()


def test_the_report_says_what_was_decided_and_discarded():
    page = files_of(bundle_of(told_run()))["report.html"]
    assert page.startswith("<!doctype html>")
    for word in (
        "größer",
        "outvoted",
        "a wrong path",
        "$0.25",
        "bob",
        "No.",
        "What is not proven",
        "<svg",
    ):
        assert word in page, word


def test_the_report_says_which_discarded_nodes_it_counts():
    run = told_run()
    parent = "=cmd|' /C calc'!A0"
    below = [observed(run, f"b{each}", node_kind=NodeKind.STEP, parent=parent) for each in range(3)]
    put_on_record(make_project(), *below)
    page = files_of(bundle_of(run))["report.html"]
    assert "4 nodes in discarded paths" in page
    assert "1 was discarded itself, what hangs below it counts along" in page
    assert "Nodes by their own fate" in page


def test_the_report_runs_and_loads_nothing():
    page = files_of(bundle_of(told_run()))["report.html"]
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    for word in ("<script", "<img", "<link", "<iframe", "src=", "href=", "url(", "http:"):
        assert word not in page, word
    assert "\x1b" not in page


def test_what_is_withheld_stands_in_no_derived_file():
    withholding = Withholding(parts=frozenset({"rationale"}), reason="not yours")
    files = files_of(bundle_of(told_run(), withholding=withholding))
    for name in ("report.html", "costs.csv", "otlp.json"):
        for word in ("größer", "because", "a wrong path", "alert(1)", "No."):
            assert word not in files[name], (name, word)
    assert "texts are withheld" in files["report.html"]
    assert "outvoted" in files["report.html"]


def test_what_is_disclosed_follows_from_what_the_bundle_shows():
    run = told_run()
    tool = observed(run, "t", node_kind=NodeKind.TOOL_CALL, tool="fetch", input="[1]")
    put_on_record(make_project(), tool)
    withholding = Withholding(parts=frozenset({"input"}), reason="not yours")
    data = bundle_of(run, withholding=withholding)
    checked = {each.id: each.detail for each in verified(data).checks}
    assert checked["disclosure"] == "computed from the ledger anew: the same"
    [told] = json.loads(files_of(data)["disclosure.json"])["runs"]
    answers = {each["question"]: each for each in told["answers"]}
    assert (told["run"], len(answers)) == (run, 24)
    seq = Run.objects.get(pk=run).size - 1
    assert (answers["resources"]["status"], answers["resources"]["evidence"]) == ("withheld", [seq])
    assert "1 text (not yours)" in answers["input_provenance"]["answer"]
    page = files_of(data)["report.html"]
    assert "Which external resources were consulted?" in page
    assert answers["tools"]["answer"] in page


def test_the_report_is_in_the_language_that_was_asked_for():
    page = files_of(bundle_of(told_run(), language="de"))["report.html"]
    assert '<html lang="de">' in page
    assert "Was nicht bewiesen ist" in page


def test_costs_are_a_table_that_runs_nothing():
    table = files_of(bundle_of(told_run()))["costs.csv"]
    assert "\r\n" in table
    assert "'=cmd|' /C calc'!A0" in table
    assert ",=cmd" not in table


def test_otlp_spans_can_be_read_by_its_own_types():
    from google.protobuf.json_format import Parse
    from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

    text = files_of(bundle_of(told_run()))["otlp.json"]
    spans = json.loads(text)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert len({span["spanId"] for span in spans}) == len(spans) == 7
    # The JSON of OTLP writes ids as hex, where that of protobuf has base64: only the shape is compared.
    read = Parse(text, TracesData())
    assert len(read.resource_spans[0].scope_spans[0].spans) == 7


def test_without_derived_files_the_evidence_stands_alone():
    files = files_of(bundle_of(told_run(), derived=False))
    assert "report.html" not in files
    assert "summary.json" in files
    assert "disclosure.json" not in files


def test_a_large_tree_is_cut_and_counted():
    run = recorded_run()
    children = [
        observed(run, f"c{each}", node_kind=NodeKind.SAMPLE, name=f"child {each}", parent="n0")
        for each in range(300)
    ]
    put_on_record(make_project(), *children)
    page = files_of(bundle_of(run))["report.html"]
    assert page.count("<li class=") < 210
    assert "280 more below" in page
