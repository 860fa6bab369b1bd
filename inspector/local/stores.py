"""Starts the embedded Postgres and Redis; neither when the environment names its own."""

from __future__ import annotations

import time

from inspector.local import postgres, redis
from inspector.local.children import Child, Starter, await_ready
from inspector.local.instance import Instance
from inspector.local.places import Places
from inspector.local.supervisor import Supervisor
from inspector.local.trouble import Trouble

# How long the Postgres of a supervisor that was killed may take to leave: it writes a checkpoint.
LEAVING_SECONDS = 60.0


def start_stores(supervisor: Supervisor, instance: Instance) -> None:
    """Returns when both take connections."""
    if instance.embeds_redis:
        with supervisor.progress.step("Redis"):
            start_redis(supervisor, instance.places)
    if instance.embeds_postgres:
        with supervisor.progress.step("Postgres"):
            start_postgres(supervisor, instance.places)


def start_redis(starter: Starter, places: Places, *, durable: bool = True) -> Child:
    """Returns when it has loaded its file."""
    child = starter.start(redis.redis_program(places, durable=durable))
    await_ready(starter, child, lambda: redis.is_ready(places.redis_socket), seconds=60)
    return child


def start_postgres(starter: Starter, places: Places, *, durable: bool = True) -> Child:
    """Returns when it has recovered, if it must, and the database is there."""
    postgres.make_cluster(places)
    _await_departure(starter, places)
    child = starter.start(postgres.postgres_program(places, durable=durable))
    await_ready(starter, child, lambda: postgres.is_ready(places), seconds=300)
    postgres.make_database(places)
    return child


def _await_departure(starter: Starter, places: Places) -> None:
    deadline = time.monotonic() + LEAVING_SECONDS
    while postgres.is_held(places):
        if time.monotonic() > deadline:
            raise Trouble(f"Another Postgres is running on {places.cluster}; stop it first.")
        starter.pause(0.05)
