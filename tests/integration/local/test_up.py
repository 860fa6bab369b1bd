"""The embedded default is started for real, and killed."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import stat
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.integration.local.instances import Instance, await_none, open_directory


@pytest.fixture
def instance() -> Iterator[Instance]:
    """One that is not started yet; stopped at the end whatever happened."""
    with open_directory() as place:
        instance = Instance(place / "data")
        yield instance
        with suppress(AttributeError, ProcessLookupError, subprocess.TimeoutExpired):
            instance.process.kill()
            instance.process.wait(60)
        await_none(instance.data_dir)


def get(instance: Instance, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{instance.port}{path}", timeout=30) as answer:
        return int(answer.status)


def test_it_works(instance: Instance) -> None:
    """Started, used, stopped in order, and quick the second time, with the same secrets."""
    began = time.monotonic()
    instance.start()
    assert f"http://127.0.0.1:{instance.port}" in instance.await_line("ready")
    took = time.monotonic() - began
    assert get(instance, "/health/live") == 200
    first = (instance.data_dir / "local.env").read_text()
    assert instance.stop() == 0
    await_none(instance.data_dir)

    again = Instance(instance.data_dir, port=instance.port)
    began = time.monotonic()
    again.start().await_line("ready")
    assert time.monotonic() - began < max(60, took)
    assert (instance.data_dir / "local.env").read_text() == first
    assert again.stop(signal.SIGINT) == 0


def test_local_env_is_private_and_sourced_by_a_shell(running: Instance) -> None:
    file = running.data_dir / "local.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shown = subprocess.check_output(
        [
            "sh",
            "-c",
            f". {shlex.quote(str(file))}; echo $INSPECTOR_URL $OTEL_EXPORTER_OTLP_HEADERS",
        ],
        text=True,
    )
    url, headers = shown.split()
    assert url == f"http://127.0.0.1:{running.port}"
    assert headers.startswith("authorization=Bearer%20ins_")


def test_a_second_one_on_the_same_directory_is_refused_in_a_sentence(running: Instance) -> None:
    second = Instance(running.data_dir).start()
    assert second.end() == 1
    assert [line.partition(" (")[0] for line in second.lines] == ["Another instance"]
    assert str(running.process.pid) in second.lines[0]
    assert get(running, "/health/live") == 200


def test_a_port_in_use_is_told_before_anything_starts(instance: Instance) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        instance.port = taken.getsockname()[1]
        instance.start()
        assert instance.end() == 1
    line = instance.await_line("Port")
    assert line.startswith(f"Port {instance.port} is in use")
    assert instance.lines == [line]
    assert not (instance.data_dir / "postgres").exists()


def test_killing_the_supervisor_leaves_nothing_and_the_next_start_recovers(
    instance: Instance,
) -> None:
    instance.start().await_line("ready")
    assert len(instance.children()) >= 5
    instance.process.kill()
    again = Instance(instance.data_dir, port=instance.port).start()
    again.await_line("ready")
    assert get(again, "/health/live") == 200
    assert again.stop() == 0
    await_none(instance.data_dir)


PARTS = {
    "web": "inspector.web",
    "worker": " worker",
    "beat": "inspector.beat",
    "signer": "traces.signer",
    "redis": "redis-server",
    "postgres": "bin/postgres",
}


@pytest.mark.parametrize("name", PARTS)
def test_a_child_that_is_killed_is_started_again(running: Instance, name: str) -> None:
    part = PARTS[name]
    victim = running.child(part)
    os.kill(victim, signal.SIGKILL)
    running.await_line(f"{name} ended (by SIGKILL)")
    deadline = time.monotonic() + 60
    while True:
        with suppress(OSError, ValueError):
            if running.child(part) != victim and get(running, "/health/live") == 200:
                break
        assert time.monotonic() < deadline, running.lines
        time.sleep(0.1)


def test_stopping_in_the_middle_of_the_start_leaves_nothing(instance: Instance) -> None:
    instance.start()
    while not (instance.data_dir / "logs").exists():
        time.sleep(0.01)
    time.sleep(0.3)
    assert instance.stop() == 0
    await_none(instance.data_dir)


def test_data_of_another_postgres_is_refused_in_a_sentence(instance: Instance) -> None:
    cluster = instance.data_dir / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("14\n")
    instance.start()
    assert instance.end() == 1
    assert "was made by Postgres 14, this is Postgres 18" in instance.await_line(str(cluster))


def test_a_data_directory_that_is_a_file_is_told_in_a_sentence(instance: Instance) -> None:
    instance.data_dir.write_text("in the way")
    instance.start()
    assert instance.end() == 1
    assert "is in the way" in instance.await_line(str(instance.data_dir))
    instance.data_dir.unlink()


def test_given_stores_are_used_and_nothing_is_embedded(instance: Instance, redis_url: str) -> None:
    from tests import servers

    servers.run_postgres()
    url = servers.places().database_url
    instance.start(DATABASE_URL=url, REDIS_URL=redis_url).await_line("ready")
    assert not any("bin/postgres" in line for line in instance.children().values())
    assert get(instance, "/health/live") == 200
    assert instance.stop() == 0
