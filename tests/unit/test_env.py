"""Environment variables are read with their types, and a typo is told by name."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from inspector import env


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKERS", "3")
    assert env.whole("WORKERS", 2) == 3


def test_a_number_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(ImproperlyConfigured, match="PORT='eighty'"):
        env.whole("PORT", 8000)


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("no", False), ("Off", False)])
def test_flags_are_read(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("DEMO", value)
    assert env.flag("DEMO", default=True) is expected


def test_an_unset_flag_keeps_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO", raising=False)
    assert env.flag("DEMO", default=True) is True


def test_a_database_on_a_socket_is_read() -> None:
    found = env.database("postgres://postgres@/inspector?host=/tmp/run", pooled=False)
    assert (found["HOST"], found["NAME"], found["USER"]) == ("/tmp/run", "inspector", "postgres")


def test_a_database_on_a_host_is_read() -> None:
    found = env.database("postgres://a:p%40ss@db:5433/x?sslmode=require", pooled=True)
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db", "5433", "p@ss")
    assert found["OPTIONS"]["sslmode"] == "require"


def test_a_pool_and_kept_connections_exclude_each_other() -> None:
    assert env.database("postgres://a@/x", pooled=True)["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize("pooled", [True, False])
def test_connections_are_checked_before_use(pooled: bool) -> None:
    assert env.database("postgres://a@/x", pooled=pooled)["CONN_HEALTH_CHECKS"] is True


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        env.database("mysql://a@b/c", pooled=False)


def test_a_redis_socket_is_spelled_for_both_of_its_clients() -> None:
    for url in ("unix:///run/r.sock", "redis+socket:///run/r.sock"):
        client = env.redis_client_url(url)
        assert client == "unix:///run/r.sock"
        assert env.redis_broker_url(client) == "redis+socket:///run/r.sock"
    assert env.redis_broker_url("redis://h:1/0") == "redis://h:1/0"
