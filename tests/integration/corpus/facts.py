"""What a recording comes to: as its summary counted it, and as the tables tell it. Both under the summary's names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.mapping.bodies import value_of
from ingest.wire.otlp import decode_traces
from ingest.wire.span import Span
from tests.unit.wire.recordings import recorded
from traces.models import Node, Project, Run

CLASSES = ("input", "output", "reasoning", "cache_read")
SpanKey = tuple[str, str]


@dataclass(slots=True)
class TraceFacts:
    """One trace: how many spans, the names of its roots, the parents that never came, its failed spans."""

    spans: int = 0
    roots: list[str] = field(default_factory=list)
    missing_parents: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Facts:
    """A recording. `counts` are by name: "calls", "tokens.input", "tools.calculator", "models.gpt-4o"."""

    traces: dict[str, TraceFacts]
    counts: Counter[str]


def spans_of(client: str) -> dict[SpanKey, Span]:
    """Return a recording's spans, each once, by trace and span."""
    return {
        (span.trace_id, span.span_id): span
        for body in recorded(client)
        if body.signal == "traces"
        for span in decode_traces(body.body, body.media).records
    }


def counted(summary: dict[str, Any], spans: Iterable[Span]) -> Facts:
    """Return what the summary says; of models, which it counts by attribute, the one that each span names first."""
    spans = list(spans)
    failed = [(each["trace_id"], each["span_id"]) for each in summary["errors"]]
    traces = {
        trace["trace_id"]: TraceFacts(
            spans=trace["spans"],
            roots=_roots(trace, spans),
            missing_parents=sorted(trace["missing_parent_span_ids"]),
            failed=sorted(span for of, span in failed if of == trace["trace_id"]),
        )
        for trace in summary["traces"]
    }
    counts = Counter(
        {
            "spans": summary["spans_unique"],
            "traces": summary["trace_count"],
            "errors": summary["error_spans"],
            "calls": summary["llm_leaf_spans_distinct_response_id"],
        }
    )
    tokens = summary["tokens_llm_leaf_distinct_response_id"]
    counts.update({f"tokens.{name}": tokens[name] for name in CLASSES})
    counts.update({f"tools.{name}": count for name, count in summary["tool_names"].items()})
    counts.update(f"models.{model}" for model in _models(summary["models"], spans))
    return Facts(traces, counts)


def _roots(trace: dict[str, Any], spans: list[Span]) -> list[str]:
    """Return the names of a trace's roots; where a name is Logfire's template, the message made from it."""
    roots = [
        span for span in spans if span.trace_id == trace["trace_id"] and span.parent_id is None
    ]
    assert sorted(span.name for span in roots) == sorted(trace["roots"])
    return sorted(
        span.attributes["logfire.msg"]
        if span.attributes.get("logfire.msg_template") == span.name
        else span.name
        for span in roots
    )


def _models(by_attribute: dict[str, dict[str, int]], spans: list[Span]) -> Iterator[str]:
    """Yield the model of each span that names one: the one that answered, else the one that was asked."""
    for name, models in by_attribute.items():
        said = Counter(value_of(span.attributes[name]) for span in spans if name in span.attributes)
        assert said == models, "these are not the spans that the summary was made from"
    names = sorted(by_attribute, key=lambda name: "response" not in name)
    for span in spans:
        named = [span.attributes[name] for name in names if name in span.attributes]
        if named:
            yield value_of(named[0])


def told(project: Project, spans: dict[SpanKey, Span]) -> Facts:
    """Return what the tables say of these spans and of their traces."""
    runs = {run.pk: run for run in Run.objects.filter(project=project)}
    traces: dict[str, TraceFacts] = {}
    counts: Counter[str] = Counter()
    for node in Node.objects.filter(run_id__in=runs).order_by("node_id"):
        trace = str(runs[node.run_id].trace_id)
        if (trace, node.node_id) in spans:
            _note(traces.setdefault(trace, TraceFacts()), counts, node)
    counts["traces"] = len(traces)
    for run in runs.values():
        counts["calls"] += run.model_calls
        for name in CLASSES:
            counts[f"tokens.{name}"] += getattr(run, f"{name}_tokens") or 0
    for trace in traces.values():
        trace.roots.sort()
        trace.missing_parents = sorted(set(trace.missing_parents))
    return Facts(traces, counts)


def _note(trace: TraceFacts, counts: Counter[str], node: Node) -> None:
    trace.spans += 1
    counts["spans"] += 1
    if node.parent_id is None:
        trace.roots.append(node.name or "")
    elif node.parent_ordinal is None:
        trace.missing_parents.append(node.parent_id)
    if node.status == "error":
        counts["errors"] += 1
        trace.failed.append(node.node_id)
    if node.kind == "tool_call":
        counts[f"tools.{node.tool}"] += 1
    if node.model is not None:
        counts[f"models.{node.model}"] += 1
