"""The machines' door: what it takes, what it refuses, and in which words."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio
import zstandard
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from psycopg_pool import PoolTimeout

from deliberation.events.codec import encode
from ingest import receive
from ingest.models import InboxEntry
from ingest.pool import close_pool
from tests.integration.build import NOW, make_project, new_run, observed, put_on_record
from traces.models import ApiKey

pytestmark = pytest.mark.django_db(transaction=True)
PROTOBUF, JSON, NDJSON = "application/x-protobuf", "application/json", "application/x-ndjson"


@pytest_asyncio.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setattr("ingest.doorbell.Doorbell._publish", lambda self: None)
    monkeypatch.setattr(receive.backlog, "_looked_at", float("-inf"))
    yield AsyncClient()
    await close_pool()
    await sync_to_async(connections.close_all)()  # the ORM's thread has a connection of its own


async def key_with(*scopes: str, project: str = "default", **changes: Any) -> str:
    text = f"key-{project}-{'-'.join(scopes)}-{len(changes)}"
    await sync_to_async(
        lambda: ApiKey.objects.create(
            project=make_project(project),
            name="test",
            prefix=text[:10],
            digest=hashlib.sha256(text.encode()).digest(),
            scopes=list(scopes),
            created_at=NOW,
            **changes,
        )
    )()
    return text


async def post(client: AsyncClient, path: str, body: bytes, key: str | None, **headers: str) -> Any:
    given = {"authorization": f"Bearer {key}"} if key else {}
    return await client.post(
        path, body, content_type=headers.pop("content_type", PROTOBUF), headers={**given, **headers}
    )


def spans(count: int = 1) -> bytes:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for number in range(count):
        scope.spans.add(trace_id=b"t" * 16, span_id=number.to_bytes(8, "big"), name="work")
    return request.SerializeToString()


def lines(*events: object) -> bytes:
    return b"\n".join(json.dumps(encode(event)).encode() for event in events)


async def pending() -> int:
    return await InboxEntry.objects.acount()


async def test_it_works(client: AsyncClient) -> None:
    body = gzip.compress(spans(3))
    answer = await post(
        client, "/v1/traces", body, await key_with("ingest"), **{"content-encoding": "gzip"}
    )
    assert answer.status_code == 200
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert partial.rejected_spans == 1  # the all-zero span id
    assert bytes((await InboxEntry.objects.aget()).body) == body


async def test_native_events_are_accepted_line_by_line(client: AsyncClient) -> None:
    body = lines(observed(new_run(), "a")) + b"\nnonsense\n\n" + lines(observed(new_run(), "b"))
    answer = await post(client, "/v1/events", body, await key_with("ingest"), content_type=NDJSON)
    receipt = answer.json()
    assert (answer.status_code, receipt["accepted"], receipt["commands"]) == (200, 2, [])
    assert [each["line"] for each in receipt["rejected"]] == [2]
    assert await pending() == 1


async def test_the_answer_carries_the_heads_of_runs_already_known(client: AsyncClient) -> None:
    run = new_run()
    await sync_to_async(lambda: put_on_record(make_project(), observed(run, "a")))()
    answer = await post(
        client,
        "/v1/events",
        lines(observed(run, "b")),
        await key_with("ingest"),
        content_type=NDJSON,
    )
    assert answer.json()["head"].startswith(f"{run} 2 ")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (spans()[:-3], {}, 400),
        (b"\xff" * 50, {}, 400),
        (b"{", {"content_type": JSON}, 400),
        (b"[" * 1_000 + b"]" * 1_000, {"content_type": JSON}, 400),
        (spans(), {"content_type": "text/plain"}, 415),
        (spans(), {"content-encoding": "br"}, 415),
        (gzip.compress(spans())[:-4], {"content-encoding": "gzip"}, 400),
        (spans(), {"content-encoding": "gzip"}, 400),
        (gzip.compress(spans()), {}, 400),
        (gzip.compress(b"\0" * 400_000_000, 1), {"content-encoding": "gzip"}, 413),
        (zstandard.compress(b"\0" * 400_000_000), {"content-encoding": "zstd"}, 413),
    ],
    ids=[
        "cut",
        "garbage",
        "json",
        "deep",
        "type",
        "encoding",
        "cut gzip",
        "plain called gzip",
        "gzip called plain",
        "gzip bomb",
        "zstd bomb",
    ],
)
async def test_a_bad_body_is_a_clear_4xx_in_the_senders_encoding(
    client: AsyncClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await post(client, "/v1/traces", body, await key_with("ingest"), **headers)
    assert answer.status_code == status
    if headers.get("content_type") == JSON:
        assert answer.json()["message"]
    else:
        assert Status.FromString(answer.content).message
    assert await pending() == 0


async def test_no_key_is_401_and_says_how_to_send_one(client: AsyncClient) -> None:
    answer = await post(client, "/v1/traces", spans(), None)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert "Authorization" in Status.FromString(answer.content).message


async def test_the_use_of_a_key_is_written_down_every_ten_minutes(client: AsyncClient) -> None:
    key = await key_with("ingest")
    used = []
    for ago in (0, 9, 11):
        if used:
            before = used[-1] - dt.timedelta(minutes=ago)
            await ApiKey.objects.aupdate(used_at=before)
            used.append(before)
        await post(client, "/v1/traces", spans(), key)
        used.append((await ApiKey.objects.aget()).used_at)
    first, nine_ago, still, eleven_ago, again = used
    assert nine_ago == still < first
    assert again >= first > eleven_ago


async def test_a_revoked_key_is_refused_at_once(client: AsyncClient) -> None:
    key = await key_with("ingest", revoked_at=NOW)
    assert (await post(client, "/v1/traces", spans(), key)).status_code == 401


async def test_a_key_without_the_scope_is_403(client: AsyncClient) -> None:
    assert (await post(client, "/v1/events", b"", await key_with("read"))).status_code == 403


async def test_another_projects_run_is_404(client: AsyncClient) -> None:
    run = new_run()
    await sync_to_async(lambda: put_on_record(make_project("hers"), observed(run, "a")))()
    key = await key_with("ingest", project="his")
    answer = await post(client, "/v1/events", lines(observed(run, "b")), key, content_type=NDJSON)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("limit", ["MAX_PENDING", "MAX_PENDING_BYTES"])
async def test_a_full_inbox_says_when_to_come_back(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(receive, limit, 0)
    answer = await post(client, "/v1/traces", spans(), await key_with("ingest"))
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")


@pytest.mark.parametrize(
    "trouble", [psycopg.errors.ReadOnlySqlTransaction, psycopg.InterfaceError, PoolTimeout]
)
async def test_a_database_in_trouble_says_when_to_come_back(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    async def fail(**values: object) -> None:
        raise trouble("no")

    monkeypatch.setattr("ingest.views.put", fail)
    answer = await post(client, "/v1/traces", spans(2), await key_with("ingest"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


async def test_metrics_are_counted_and_not_kept(client: AsyncClient) -> None:
    body = ExportMetricsServiceRequest()
    body.resource_metrics.add().scope_metrics.add().metrics.add(name="tokens")
    answer = await post(client, "/v1/metrics", body.SerializeToString(), await key_with("ingest"))
    assert answer.status_code == 200
    assert await pending() == 0


async def test_a_get_is_405(client: AsyncClient) -> None:
    assert (await client.get("/v1/traces")).status_code == 405
