"""Clients of Langfuse, LangSmith and MLflow send as they are: their paths, their headers, their way to give a key."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest import receive
from ingest.models import InboxEntry
from ingest.pool import close_pool
from tests.integration.build import NOW, make_project
from traces.actions.set_up_local import make_key
from traces.models.access import Scope

pytestmark = pytest.mark.django_db(transaction=True)
PROTOBUF, JSON = "application/x-protobuf", "application/json"
LANGFUSE, LANGSMITH = "/api/public/otel/v1/traces", "/otel/v1/traces"


@pytest_asyncio.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setattr("ingest.doorbell.Doorbell._publish", lambda self: None)
    monkeypatch.setattr(receive.backlog, "_looked_at", float("-inf"))
    yield AsyncClient()
    await close_pool()
    await sync_to_async(connections.close_all)()  # the ORM's thread has a connection of its own


async def key_for(scope: Scope, project: str = "default") -> str:
    key = f"key of {project} for {scope.value}"
    await sync_to_async(
        lambda: make_key(project=make_project(project), name="k", key=key, scopes=[scope], now=NOW)
    )()
    return key


async def post(client: AsyncClient, path: str, **headers: str) -> int:
    """Send one span with these headers, underscores in their names for hyphens."""
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(name="work")
    span.trace_id, span.span_id = b"t" * 16, b"s" * 8
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    body = request.SerializeToString()
    answer = await client.post(path, body, content_type=PROTOBUF, headers=given)
    return int(answer.status_code)


def basic(public: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{public}:{secret}".encode()).decode()


async def test_it_works(client: AsyncClient) -> None:
    key = await key_for(Scope.INGEST)
    sent = {"x_langfuse_sdk_name": "python", "x_langfuse_ingestion_version": "4"}
    assert await post(client, LANGFUSE, authorization=basic("pk-lf-1", key), **sent) == 200
    entry = await InboxEntry.objects.aget()
    assert (entry.signal, entry.media) == ("traces", "protobuf")


async def test_the_key_may_be_either_half_or_both(client: AsyncClient) -> None:
    key = await key_for(Scope.INGEST)
    for halves in ((key, "sk-lf-1"), ("pk-lf-1", key), (key, key), (key, "")):
        assert await post(client, LANGFUSE, authorization=basic(*halves)) == 200


async def test_of_two_keys_the_one_that_may_send_speaks(client: AsyncClient) -> None:
    reader, sender = await key_for(Scope.READ), await key_for(Scope.INGEST, "hers")
    assert await post(client, LANGFUSE, authorization=basic(sender, reader)) == 200
    entry = await InboxEntry.objects.aget()
    assert entry.project_id == (await sync_to_async(make_project)("hers")).pk
    assert await post(client, LANGFUSE, authorization=basic("pk", reader)) == 403


@pytest.mark.parametrize("path", ["/otel", LANGSMITH, "/v1/traces", LANGFUSE])
async def test_each_path_takes_a_key_in_x_api_key(client: AsyncClient, path: str) -> None:
    key = await key_for(Scope.INGEST)
    assert await post(client, path, x_api_key=key, Langsmith_Project="default") == 200


@pytest.mark.parametrize("path", ["/otel", LANGSMITH, LANGFUSE])
async def test_each_path_takes_a_bearer_s_key(client: AsyncClient, path: str) -> None:
    key = await key_for(Scope.INGEST)
    assert await post(client, path, authorization=f"Bearer {key}") == 200


async def test_a_header_that_was_not_decoded_names_its_key_all_the_same(
    client: AsyncClient,
) -> None:
    key = await key_for(Scope.INGEST)
    assert await post(client, "/v1/traces", authorization=quote(f"Bearer {key}")) == 200


async def test_mlflow_s_header_disturbs_nobody(client: AsyncClient) -> None:
    key = await key_for(Scope.INGEST)
    more = {"x_mlflow_experiment_id": "0", "authorization": f"Bearer {key}"}
    assert await post(client, "/v1/traces", **more) == 200


@pytest.mark.parametrize("signal", ["logs", "metrics"])
@pytest.mark.parametrize("start", ["/otel/v1/", "/api/public/otel/v1/"])
async def test_logs_and_metrics_are_taken_beside(
    client: AsyncClient, start: str, signal: str
) -> None:
    key = await key_for(Scope.INGEST)
    headers, nothing = {"x-api-key": key}, "{}"
    answer = await client.post(start + signal, nothing, content_type=JSON, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        basic("pk", "sk"),
        basic("", ""),
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Digest abc",
        "Bearer",
        "Bearer%20",
        "Bearer%zz%20k",
        "Bearer " + "k" * 10_000,
    ],
)
async def test_what_holds_no_known_key_is_401(client: AsyncClient, authorization: str) -> None:
    assert await post(client, LANGFUSE, authorization=authorization) == 401
    assert await InboxEntry.objects.acount() == 0
