"""What went wrong is told as what it is: our fault, or a database that is away for a moment."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from tests.people import People
from traces.queries import approval_queue
from traces.views import approvals


def page_when(people: People, monkeypatch: pytest.MonkeyPatch, error: Exception) -> Any:
    def fail(**_: object) -> approval_queue.Queue:
        raise error

    monkeypatch.setattr(approvals, "get_queue", fail)
    client = Client(raise_request_exception=False)
    client.force_login(people.bob)
    return client.get("/approvals")


def test_a_database_that_is_away_is_told_as_such_and_when_to_come_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = page_when(people, monkeypatch, OperationalError("couldn't get a connection"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "The database does not answer just now" in answer.text


def test_a_fault_of_ours_is_told_as_ours(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = page_when(people, monkeypatch, ValueError("oh"))
    assert answer.status_code == 500
    assert "This is our fault" in answer.text
