"""The derived files of a bundle, computed once its evidence stands. Another one is another line in `derive_files`.

None of them has a text that the bundle withholds: the tables have facts alone, and the report then has no texts at all.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from deliberation.bundle.run_evidence import RunEvidence
from deliberation.disclosure.questions import Answer
from traces.audit.bundle import REPORT, DerivedFile
from traces.audit.export_options import ExportOptions
from traces.audit.otlp_json import otlp_json
from traces.audit.report_drawing import ROW, draw_bars, draw_columns
from traces.audit.report_frame import DEEPEST, frame
from traces.models import Run
from traces.queries.costs_csv import costs_csv
from traces.queries.node_amounts import read_nodes
from traces.queries.parquet_files import parquet_files
from traces.queries.report import RunReport, read_report


def derive_files(
    run: Run, evidence: RunEvidence, answers: Sequence[Answer], options: ExportOptions
) -> Iterator[DerivedFile]:
    """Yield the files for one run. They know of what is recorded now, which may be more than the evidence."""
    now = Run.objects.get(pk=run.pk)
    yield DerivedFile("costs.csv", costs_csv(run.pk))
    nodes = (node._asdict() for node in read_nodes(run.pk))
    yield DerivedFile("otlp.json", otlp_json(str(run.pk), run.trace_id, nodes))
    if options.parquet:
        yield from parquet_files(run.pk, evidence.size)
    says_texts = not options.withholding.withholds
    report = read_report(now, evidence, says_texts=says_texts)
    page = render_report(report, answers, options.language)
    yield DerivedFile(REPORT, [page.encode("utf-8", "replace")])


def render_report(report: RunReport, answers: Sequence[Answer], language: str) -> str:
    """Return the report as a page."""
    shown = len(report.discarded.items)
    context = {
        "report": report,
        "answers": answers,
        "root": b64encode(report.evidence.root).decode("ascii"),
        "bars": draw_bars(report.bars),
        "bars_height": max(1, len(report.bars)) * ROW,
        "columns": draw_columns(report.columns),
        "more_paths": report.discarded.paths - shown,
        "lines": [(min(each.depth, DEEPEST), each) for each in report.rows],
    }
    with translation.override(language):
        body = render_to_string("bundles/report.html", context)
        title = escape(f"{translation.gettext('Audit report')}: {report.run.id}")
    return frame(body, title=title, language=language)
