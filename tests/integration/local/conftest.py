"""One instance for all tests that ask something of a running one; those that are about starts have their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.local.instances import Instance, await_none, open_directory


@pytest.fixture(scope="session")
def running() -> Iterator[Instance]:
    """Ready, and at the end stopped in order, whatever was killed of it."""
    with open_directory() as place:
        instance = Instance(place / "data").start()
        try:
            instance.await_line("ready")
            yield instance
            assert instance.stop() == 0
        finally:
            instance.process.kill()
            instance.process.wait(60)
            await_none(instance.data_dir)
