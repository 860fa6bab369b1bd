"""An agent that only speaks OpenTelemetry gives way at the start of each span."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

pytest.importorskip("opentelemetry.sdk")
pytest.importorskip("opentelemetry.exporter.otlp.proto.http")

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    format_span_id,
    format_trace_id,
    set_span_in_context,
)

import deliberation as dl
from deliberation.otel.processor import ControlProcessor
from deliberation.otel.providers import send_to
from deliberation.vocabulary import CommandStage, ObservedState
from tests.sdk.programs import environ
from tests.sdk.waiting import Elsewhere, wait_until


@pytest.fixture
def ended():
    return InMemorySpanExporter()


@pytest.fixture
def tracer(client, ended):
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(ended))
    provider.add_span_processor(ControlProcessor(client, send_to(client.settings)))
    yield provider.get_tracer("an.agent")
    provider.shutdown()


class Agent:
    """A loop of spans within spans, as a framework's would be; it takes any exception for a failure."""

    def __init__(self, tracer):
        self._tracer = tracer
        self.trace = None
        self.calls = 0

    def __call__(self):
        with self._tracer.start_as_current_span("agent") as root:
            self.trace = f"trace-{format_trace_id(root.get_span_context().trace_id)}"
            while True:
                try:
                    with self._tracer.start_as_current_span("chat", attributes={"n": self.calls}):
                        self.calls += 1
                        time.sleep(0.002)
                except Exception:
                    continue


def test_it_works(tracer, server, ended):
    agent = Agent(tracer)
    with Elsewhere() as elsewhere:
        elsewhere.do(agent)
        wait_until(lambda: agent.calls)
        server.wait_for(agent.trace)
        pause = server.pause(agent.trace)
        wait_until(lambda: pause.stage is CommandStage.APPLIED)
        held = agent.calls
        time.sleep(0.1)
        assert agent.calls == held
        server.resume(agent.trace)
        wait_until(lambda: agent.calls > held)
        stop = server.stop(agent.trace, "enough")
        assert isinstance(elsewhere.error(), dl.Stopped)
    wait_until(lambda: stop.stage is CommandStage.APPLIED)
    wait_until(lambda: server.control_of(agent.trace).observed is ObservedState.CANCELLED)
    assert ended.get_finished_spans()[-1].name == "agent"


def test_a_start_is_sent_while_the_span_runs(tracer, server):
    with (
        tracer.start_as_current_span("agent") as root,
        tracer.start_as_current_span("chat") as chat,
    ):
        wait_until(lambda: sum(len(each) for each in pending(server)) == 2)
        announced = [span for each in pending(server) for span in each]
    by_name = {span.name: span for span in announced}
    for span, parent in ((root, "0" * 16), (chat, format_span_id(root.get_span_context().span_id))):
        said = by_name[span.name]
        assert said.parent_span_id.hex() == format_span_id(span.get_span_context().span_id)
        assert said.start_time_unix_nano == span.start_time
        attributes = {each.key: each.value.string_value for each in said.attributes}
        assert attributes["logfire.span_type"] == "pending_span"
        assert attributes["logfire.pending_parent_id"] == parent


def pending(server):
    requests = [each for each in server.requests if each.path == "/v1/traces"]
    bodies = [ExportTraceServiceRequest.FromString(request.body) for request in requests]
    return [
        list(scope.spans)
        for body in bodies
        for each in body.resource_spans
        for scope in each.scope_spans
    ]


def test_a_trace_that_ends_by_itself_is_completed_and_one_that_fails_has_failed(tracer, server):
    names = []
    for error in (None, ValueError("no receipt")):
        try:
            with tracer.start_as_current_span("agent") as root:
                names.append(f"trace-{format_trace_id(root.get_span_context().trace_id)}")
                server.wait_for(names[-1])
                if error is not None:
                    raise error
        except ValueError:
            pass
    expected = [ObservedState.COMPLETED, ObservedState.FAILED]
    wait_until(lambda: [server.control_of(name).observed for name in names] == expected)


def test_traces_do_not_stop_each_other(tracer, server):
    one, other = Agent(tracer), Agent(tracer)
    with Elsewhere() as elsewhere, Elsewhere() as elsewhere_too:
        elsewhere.do(one)
        elsewhere_too.do(other)
        wait_until(lambda: one.calls and other.calls)
        server.wait_for(one.trace)
        server.wait_for(other.trace)
        server.stop(one.trace)
        assert isinstance(elsewhere.error(), dl.Stopped)
        before = other.calls
        wait_until(lambda: other.calls > before)
        server.stop(other.trace)
        elsewhere_too.error()


def test_it_is_paused_only_when_no_span_goes_on_beside_the_one_that_waits(tracer, server):
    may_end = threading.Event()
    with Elsewhere() as elsewhere, tracer.start_as_current_span("graph") as root:
        name = f"trace-{format_trace_id(root.get_span_context().trace_id)}"
        context = set_span_in_context(root)

        def branch(wait):
            with tracer.start_as_current_span("branch", context=context):
                wait()
            with tracer.start_as_current_span("branch", context=context):
                pass

        elsewhere.do(lambda: branch(lambda: may_end.wait(30)))
        server.wait_for(name)
        pause = server.pause(name)
        wait_until(lambda: server.control_of(name).observed is ObservedState.PAUSING)
        elsewhere.do(lambda: branch(lambda: None))
        time.sleep(0.1)
        assert pause.stage is CommandStage.ACKNOWLEDGED
        may_end.set()
        wait_until(lambda: pause.stage is CommandStage.APPLIED)
        server.resume(name)
        elsewhere.error()


def test_who_was_called_by_another_process_listens_and_does_not_fence_it(tracer, server):
    remote = SpanContext(1 << 100, 7, is_remote=True, trace_flags=TraceFlags(1))
    name = f"trace-{format_trace_id(remote.trace_id)}"
    server.controls.record(name, None)
    context = set_span_in_context(NonRecordingSpan(remote))
    with pytest.raises(dl.Stopped), tracer.start_as_current_span("work", context=context):  # noqa: PT012
        server.stop(name)
        while True:
            with tracer.start_as_current_span("step"):
                time.sleep(0.002)
    assert server.control_of(name).attempts == 0


def test_a_server_that_is_away_breaks_nothing(tracer, server, ended):
    server.go_away()
    for _ in range(20):
        with tracer.start_as_current_span("agent"), tracer.start_as_current_span("chat"):
            pass
    assert len(ended.get_finished_spans()) == 40


def begin(script, server, spool):
    settings = {"INSPECTOR_URL": server.url, "INSPECTOR_KEY": server.key}
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env={**environ(), **settings, "INSPECTOR_SPOOL": str(spool)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_one_line_is_enough(server, tmp_path):
    script = """
import deliberation as dl, time
dl.otel.instrument()
dl.otel.instrument()
from opentelemetry import trace
with trace.get_tracer("t").start_as_current_span("agent") as root:
    print(format(root.get_span_context().trace_id, "032x"), flush=True)
    while True:
        with trace.get_tracer("t").start_as_current_span("chat"):
            time.sleep(0.005)
"""
    process = begin(script, server, tmp_path)
    name = f"trace-{process.stdout.readline().strip()}"
    server.wait_for(name)
    server.stop(name, "enough")
    _, error = process.communicate(timeout=60)
    assert "Stopped: enough" in error
    wait_until(lambda: server.control_of(name).observed is ObservedState.CANCELLED)
    sent = {span.name for each in pending(server) for span in each}
    assert sent == {"agent", "chat"}


def test_without_a_server_it_does_nothing(tmp_path):
    script = """
import deliberation as dl, threading
dl.otel.instrument()
from opentelemetry import trace
with trace.get_tracer("t").start_as_current_span("agent"):
    print([t.name for t in threading.enumerate()])
"""
    bare = {key: value for key, value in environ().items() if not key.startswith("INSPECTOR_")}
    done = subprocess.run([sys.executable, "-c", script], env=bare, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "['MainThread']\n")
    assert "cannot be controlled" in done.stderr


def test_nothing_of_opentelemetry_is_imported_before_it_is_asked_for():
    script = "import deliberation, sys; print([m for m in sys.modules if 'opentelemetry' in m])"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ(), capture_output=True, text=True
    )
    assert done.stdout == "[]\n"


def test_a_framework_that_leaves_its_span_open_has_stopped_when_its_program_ends(server, tmp_path):
    script = """
import deliberation as dl, time
dl.otel.instrument()
from opentelemetry import trace
root = trace.get_tracer("t").start_span("agent")
print(format(root.get_span_context().trace_id, "032x"), flush=True)
while True:
    trace.get_tracer("t").start_span("chat", context=trace.set_span_in_context(root)).end()
    time.sleep(0.005)
"""
    process = begin(script, server, tmp_path)
    name = f"trace-{process.stdout.readline().strip()}"
    server.wait_for(name)
    stop = server.stop(name, "enough")
    process.communicate(timeout=60)
    assert stop.stage is CommandStage.APPLIED
    assert server.control_of(name).observed is ObservedState.CANCELLED
