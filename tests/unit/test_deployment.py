"""The compose file and the image hold together, as far as that can be seen without an engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

TREE = Path(__file__).resolve().parents[2]
APPS = ("migrate", "web", "worker", "beat", "signer")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((TREE / "docker-compose.yml").read_text())
    return found


def test_it_works(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"db", "redis", *APPS}


def test_only_keys_that_compose_knows_are_used(compose: dict[str, Any]) -> None:
    assert {key for key in compose if not key.startswith("x-")} == {"services", "volumes"}
    known = {
        *("build", "image", "restart", "init", "read_only", "tmpfs", "cap_drop", "security_opt"),
        *("environment", "volumes", "command", "healthcheck", "depends_on", "ports", "shm_size"),
        "stop_grace_period",
    }
    assert not {key for service in compose["services"].values() for key in service} - known


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD", name):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), f"{name} has a value or a default"


def test_everything_waits_for_healthy_stores_and_for_the_tables(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["migrate"]["depends_on"]["db"] == {"condition": "service_healthy"}
    for name in ("web", "worker", "beat"):
        waits = services[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["redis"] == {"condition": "service_healthy"}
    for name in ("db", "redis", "worker"):
        assert services[name]["healthcheck"]["test"]


def test_workers_know_that_they_are(compose: dict[str, Any]) -> None:
    given = {name: compose["services"][name].get("environment", {}) for name in APPS}
    roles = {name: env["INSPECTOR_ROLE"] for name, env in given.items() if "INSPECTOR_ROLE" in env}
    assert roles == {"worker": "worker"}
    assert given["worker"].keys() > given["web"].keys()


def test_volumes_that_are_mounted_are_declared(compose: dict[str, Any]) -> None:
    mounted = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert mounted == set(compose["volumes"])


def test_only_the_signer_has_the_key_and_it_knows_no_database(compose: dict[str, Any]) -> None:
    mounting = [
        name
        for name, service in compose["services"].items()
        if any(volume.startswith("signer:") for volume in service.get("volumes", []))
    ]
    assert mounting == ["signer"]
    assert compose["services"]["signer"]["environment"] == {}


def test_only_web_has_a_port_and_only_on_this_machine(compose: dict[str, Any]) -> None:
    ports = {name: each["ports"] for name, each in compose["services"].items() if "ports" in each}
    assert ports == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_the_image_runs_without_rights_and_watches_itself() -> None:
    final = (TREE / "Dockerfile").read_text().rpartition("FROM ")[2]
    assert "\nUSER inspector\n" in final
    assert "HEALTHCHECK" in final
    assert "/health/live" in final


def test_everything_that_the_image_copies_is_let_through() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+)", (TREE / "Dockerfile").read_text(), re.MULTILINE)
    allowed = (TREE / ".dockerignore").read_text().splitlines()
    assert copied
    for name in copied:
        assert (TREE / name).exists()
        assert f"!{name}" in allowed


def test_the_lock_names_no_address_and_has_a_hash_for_each_package() -> None:
    lock = (TREE / "requirements.lock").read_text()
    assert not re.search(r"://|^-|^\s*--(?!hash=sha256:)", lock, re.MULTILINE)
    blocks = re.split(r"^(?=\w\S*==)", lock, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    names = [block.partition("==")[0] for block in blocks]
    assert len(names) == len(set(names))
    assert lock.count("# -- test --") == 1
