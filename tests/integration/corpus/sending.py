"""Bodies go the whole way: through the door, into the inbox, and by a worker into the tables."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import AsyncClient, Client
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from ingest.models import DeadLetter
from ingest.pool import close_pool
from tests.integration.build import NOW, NOW_NS, make_project
from tests.integration.corpus.replay import drain
from tests.unit.wire.recordings import corpus
from traces.actions.set_up_local import make_key
from traces.models import Membership, Project, Run
from traces.models.access import Role, Scope
from traces.queries.access import Viewer
from traces.queries.node import NodeDetail, get_node
from traces.queries.node_search import find_nodes

TRACE, SPAN, OTHER = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "00f067aa0ba902b7"
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
JSON, PROTOBUF = "application/json", "application/x-protobuf"
_numbers = count()
"""Run ids must differ from test to test: pages keep the trees of runs that they have read."""


@dataclass(frozen=True, slots=True)
class Post:
    """One request to the door."""

    body: bytes
    path: str = "/v1/traces"
    media: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door said."""

    status: int
    body: bytes


def send(project: Project, *posts: Post) -> list[Answer]:
    """Post to the door, in order, and let a worker record what it took."""
    key = f"key-of-{project.slug}"
    make_key(project=project, name="k", key=key, scopes=[Scope.INGEST], now=NOW)
    answers = asyncio.run(_post_all(key, posts))
    drain(f"{project.slug} {next(_numbers)}")
    return answers


async def _post_all(key: str, posts: tuple[Post, ...]) -> list[Answer]:
    client, answers = AsyncClient(), []
    for post in posts:
        said = await client.post(
            post.path,
            post.body,
            content_type=post.media,
            headers={**post.headers, "authorization": f"Bearer {key}"},
        )
        answers.append(Answer(said.status_code, said.content))
    await close_pool()
    await sync_to_async(connections.close_all)()
    return answers


def take(*posts: Post, slug: str = "bad") -> Project:
    """Post what must be taken, and return the project that has it."""
    project = make_project(slug)
    assert [answer.status for answer in send(project, *posts)] == [200] * len(posts)
    return project


def span_post(said: dict[str, Any] | None = None, **fields: Any) -> Post:
    """Return a post of one span with these attributes, and these fields in place of the usual ones."""
    return Post(json.dumps(traces_of(span_of(said, **fields))).encode())


def span_of(said: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a span in OTLP's JSON form."""
    return {
        "traceId": TRACE,
        "spanId": SPAN,
        "name": "chat",
        "startTimeUnixNano": str(NOW_NS),
        "endTimeUnixNano": str(NOW_NS + 10**9),
        "attributes": attributes_of(said or {}),
        **fields,
    }


def traces_of(*spans: dict[str, Any]) -> dict[str, Any]:
    """Return spans as a body."""
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def log_post(said: dict[str, Any], **fields: Any) -> Post:
    """Return a post of one log record of the usual span."""
    usual = {"traceId": TRACE, "spanId": SPAN, "timeUnixNano": str(NOW_NS)}
    record = {**usual, "attributes": attributes_of(said), **fields}
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    return Post(json.dumps(body).encode(), "/v1/logs")


def attributes_of(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return attributes in OTLP's JSON form; a value that is an object is one already."""
    return [{"key": key, "value": _value(value)} for key, value in said.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    return {"intValue": value} if isinstance(value, int) else {"stringValue": value}


def protobuf_post(*attributes: KeyValue) -> Post:
    """Return a post of the usual span in OTLP's protobuf form."""
    data = TracesData()
    span = data.resource_spans.add().scope_spans.add().spans.add(name="chat")
    span.trace_id, span.span_id = bytes.fromhex(TRACE), bytes.fromhex(SPAN)
    span.start_time_unix_nano, span.end_time_unix_nano = NOW_NS, NOW_NS + 10**9
    span.attributes.extend(attributes)
    return Post(data.SerializeToString(), media=PROTOBUF)


def attribute(key: str, **value: Any) -> KeyValue:
    """Return an attribute in OTLP's protobuf form, its value under the name of its type."""
    return KeyValue(key=key, value=AnyValue(**value))


def letters(project: Project) -> list[str]:
    """Return why bodies of the project are dead letters."""
    return list(DeadLetter.objects.filter(project_id=project.pk).values_list("error", flat=True))


def run_of(project: Project) -> Run:
    """Return the run of the usual trace."""
    return Run.objects.get(project=project, trace_id=TRACE)


_seen: set[tuple[Any, int]] = set()


def read(project: Project, node: str = SPAN) -> NodeDetail:
    """Return a node as the API gives it; the API and every page that shows it answer."""
    visit(project, node)
    who = Viewer(project_ids=frozenset({project.pk}))
    return get_node(who=who, run_id=run_of(project).pk, node_id=node, text_limit=None)


def somebody_who_may_look(project: Project) -> Client:
    """Return the browser of a viewer of the project."""
    user, is_new = get_user_model().objects.get_or_create(username=f"viewer of {project.slug}")
    if is_new:
        Membership.objects.create(project=project, user=user, role=Role.VIEWER)
    person = Client()
    person.force_login(user)
    return person


def page_of(project: Project, page: str) -> str:
    """Return the text of a page of the usual run."""
    return somebody_who_may_look(project).get(f"/runs/{run_of(project).pk}/{page}").text


def visit(project: Project, node: str) -> None:
    """Open what shows a node, and what shows its run, which is opened once as it stands."""
    person, run = somebody_who_may_look(project), run_of(project)
    addresses = [f"/runs/{run.pk}/nodes/{node}", f"/runs/{run.pk}/mapping/{node}"]
    addresses.append(f"/api/v1/runs/{run.pk}/nodes/{node}")
    if (run.pk, run.size) not in _seen:
        _seen.add((run.pk, run.size))
        pages = ("", "/outline", "/tree/bones", "/tree/rows?nodes=1")
        addresses += [f"/runs/{run.pk}{page}" for page in pages]
        addresses += [f"/api/v1/runs/{run.pk}{page}" for page in ("", "/nodes", "/events")]
    answers = {address: person.get(address).status_code for address in addresses}
    assert set(answers.values()) == {200}, answers


def find(project: Project, words: str) -> list[str]:
    """Return the nodes that a search finds."""
    who = Viewer(project_ids=frozenset({project.pk}))
    found = find_nodes(who=who, run_id=run_of(project).pk, text=words)
    assert found.next is None
    return [node.node_id for node in found.nodes]


def recorded_posts(client: str) -> list[Post]:
    """Return a recording's requests as they were sent, in order: their bytes, paths, types and encodings."""
    posts = []
    for path in sorted(corpus(client).glob("*.headers.json")):
        request = json.loads(path.read_text())
        headers = {name.lower(): value for name, value in request["headers"]}
        body = path.with_name(path.name.replace(".headers.json", ".body")).read_bytes()
        packed = {name: headers[name] for name in ("content-encoding",) if name in headers}
        posts.append(Post(body, request["path"], headers["content-type"], packed))
    return posts
