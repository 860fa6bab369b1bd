"""What each folder may use, in which order they run, and the fixtures of all."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest_django

    from tests.people import People

HERE = Path(__file__).parent
# Cheap first; `local` last, for it starts and kills whole instances.
ORDER = ["unit", "sdk", "architecture", "integration", "browser", "load", "integration/local"]
FIRST = "test_journeys.py"
"""Of the browser's: its newcomer is shown an inspector that holds nothing yet."""
MARKS = {
    "integration": [pytest.mark.django_db],
    "integration/concurrency": [pytest.mark.django_db(transaction=True)],
    "integration/local": [pytest.mark.local],
    "browser": [pytest.mark.browser],
    "load": [pytest.mark.load],
}

# How long an example takes is the machine's business: no deadline, and no complaint that they are slow to make.
BY_NO_CLOCK: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The suite says the same of the same tree each time: what forty examples do not find, the same hundred will not find
# tomorrow. To search for new ones, HYPOTHESIS_PROFILE=explore.
settings.register_profile("same", derandomize=True, database=None, max_examples=40, **BY_NO_CLOCK)
settings.register_profile("explore", print_blob=True, max_examples=1_000, **BY_NO_CLOCK)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Marks by folder before pytest-django looks at them, sorts after it has. What a file says itself stands."""
    for item in items:
        for mark in MARKS.get(_folder(item, MARKS), []):
            if item.get_closest_marker(mark.name) is None:
                item.add_marker(mark)
    yield
    items.sort(key=lambda item: (ORDER.index(_folder(item, ORDER)), item.path.name != FIRST))


def _folder(item: pytest.Item, folders: list[str] | dict[str, list[pytest.MarkDecorator]]) -> str:
    path = item.path.relative_to(HERE).as_posix() if item.path.is_relative_to(HERE) else ""
    fitting = [folder for folder in folders if path.startswith(f"{folder}/")]
    return max(fitting, key=len, default=next(iter(folders)) if isinstance(folders, list) else "")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The first test that needs the database starts it."""
    from tests import servers

    servers.run_postgres()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """Ends what threads and pools of tests left connected, or the database could not be dropped."""
    from django.db import connections

    from tests import emptying, servers

    with django_db_blocker.unblock():
        emptying.delete_instead()
    yield
    emptying.flush_again()
    connections.close_all()
    servers.end_sessions()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A real Redis; tests without it have channel layer and broker in memory."""
    from tests import servers

    servers.run_redis()
    return servers.places().redis_url


@pytest.fixture
def people(db: None) -> People:
    """alice, bob and charlie, and the project of the first two."""
    from tests.people import make_people

    return make_people()


def pytest_collection_finish() -> None:
    """What was imported and collected stays till the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
