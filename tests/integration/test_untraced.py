"""What is logged outside any trace is a run of its program, by its name, and joins the session that it names."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests.integration.build import NOW_NS, SECOND, make_project
from tests.integration.otlp import CHILD, ROOT, TRACE, log, logs, send, span, traces
from tests.integration.pages.test_absent import text_of
from tests.integration.test_rebuild import rebuild_changes_nothing
from tests.people import People
from traces.models import LedgerEntry, Node, Run
from traces.queries.access import Viewer
from traces.queries.sessions import get_session

SAID = {"conversation.id": "c-1"}


def test_it_works(people: People) -> None:
    send(people.project, logs(log("one"), log("two", at=NOW_NS + SECOND), service="worker"))
    run = Run.objects.get()
    assert (run.name, run.nodes, run.session_id, run.started_ns) == ("worker", 2, None, NOW_NS)
    bob = Client()
    bob.force_login(people.bob)  # type: ignore[arg-type]
    page = text_of(bob.get(reverse("run", args=[run.pk])).text)
    assert "worker" in page
    assert "what this program logged outside any trace" in page
    assert "not received" not in page
    assert "logged outside any trace" in text_of(bob.get(reverse("runs")).text)
    told = bob.get(f"/api/v1/runs/{run.pk}").json()
    assert (told["name"], told["trace_id"], told["source"]) == ("worker", None, "otlp")


def test_the_name_is_one_fact_however_many_bodies_bring_it() -> None:
    project = make_project()
    bodies = [logs(log(f"line {number}"), service="worker") for number in range(3)]
    send(project, *bodies, *bodies)
    run = Run.objects.get()
    assert run.nodes == 3
    assert LedgerEntry.objects.filter(run_id=run.pk, key="untraced").count() == 1
    assert rebuild_changes_nothing(str(run.pk))


def test_two_programs_are_two_runs_and_one_without_a_name_is_kept() -> None:
    send(make_project(), logs(log("a"), service="one"), logs(log("b"), service="two"))
    send(make_project(), logs(log("c"), service=""))
    assert set(Run.objects.values_list("name", flat=True)) == {"one", "two", None}


def test_what_names_a_conversation_joins_its_session_and_not_the_run_of_another() -> None:
    project = make_project()
    send(
        project,
        logs(log("plain"), log("said", attributes=SAID), log("more", attributes=SAID)),
        logs(log("other", attributes={"conversation.id": "c-2"})),
        traces(span(CHILD, ROOT, attributes=SAID)),
    )
    viewer = Viewer(project_ids=frozenset({project.pk}))
    session = get_session(who=viewer, session_id="c-1")
    assert session.sums.runs == 2
    assert [run.name for run in session.items if run.is_untraced] == ["demo"]
    assert {run.trace_id for run in session.items} == {None, TRACE}
    assert Run.objects.get(session_id="c-2").nodes == 1
    assert Run.objects.get(session_id=None).nodes == 1


def test_logs_with_a_trace_and_no_span_stand_in_its_run() -> None:
    project = make_project()
    send(project, logs(log("loose", traceId=TRACE)), traces(span(ROOT, name="asked")))
    run = Run.objects.get()
    assert (run.name, run.observed_state, run.nodes, run.orphans) == ("asked", "completed", 2, 0)
    assert Node.objects.get(run_id=run.pk, preview="loose").parent_id is None


def test_a_file_of_logs_is_named_alike(tmp_path: Path) -> None:
    make_project()
    (tmp_path / "logs.json").write_bytes(logs(log("one"), service="worker").body)
    call_command("import_traces", str(tmp_path / "logs.json"), stdout=StringIO())
    assert Run.objects.get().name == "worker"
