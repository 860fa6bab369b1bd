"""What machines that watch are told."""

from __future__ import annotations

import json

import pytest
from django.test import AsyncClient, Client


def test_it_works(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}


@pytest.mark.django_db(transaction=True)
async def test_ready_says_which_part_is_not(async_client: AsyncClient) -> None:
    found = await async_client.get("/health/ready")
    body = json.loads(found.content)
    assert body["database"] == "ok"
    assert found.status_code == (200 if body["redis"] == "ok" else 503)


def test_metrics_are_read_by_prometheus(client: Client) -> None:
    text = client.get("/metrics").content.decode()
    assert "# TYPE inspector_ingest_pending gauge\ninspector_ingest_pending 0\n" in text


def test_a_machine_is_told_of_an_unknown_address_as_a_problem(client: Client) -> None:
    found = client.get("/api/v1/nothing-here")
    assert found.status_code == 404
    assert found["Content-Type"] == "application/problem+json"
    assert found.json()["status"] == 404


def test_every_answer_carries_the_policy(client: Client) -> None:
    policy = client.get("/health/live")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_api_documents_itself_without_another_host(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    page = client.get("/api/v1/docs").content.decode()
    assert "https://" not in page.replace("https://github.com", "")
