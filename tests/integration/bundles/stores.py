"""Storages of bundles that are slow or broken, as a test tells them to be."""

from __future__ import annotations

import threading
from typing import Any

from django.core.files.storage import InMemoryStorage

PATIENCE_SECONDS = 30


class SlowStorage(InMemoryStorage):
    """Takes a first portion, waits until it is told to go on, and takes the rest."""

    begun = threading.Event()
    go_on = threading.Event()

    def _save(self, name: str, content: Any) -> Any:
        content.seek(0)
        content.read(1_000)
        self.begun.set()
        assert self.go_on.wait(PATIENCE_SECONDS)
        content.read(1_000)
        return super()._save(name, content)


class BrokenStorage(InMemoryStorage):
    """Takes nothing, in the way of a library for a store that is away."""

    def _save(self, name: str, content: Any) -> Any:
        raise RuntimeError("no such bucket")
