"""Entry points by their names."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from deliberation.replay import Entry, entry_of


class NoEntry(Exception):
    """A name stands for no entry point; the message says why."""


def load(name: str) -> tuple[Callable[..., Any], Entry]:
    """Return the function that `module:function` names, and what it states of itself. Raises `NoEntry`."""
    module_name, colon, path = name.partition(":")
    if not colon or not path:
        raise NoEntry(f"{name}: name it as module:function")
    try:
        found: Any = importlib.import_module(module_name)
        for word in path.split("."):
            found = getattr(found, word)
    except Exception as error:
        raise NoEntry(f"{name}: {type(error).__name__}: {error}") from error
    entry = entry_of(found)
    if entry is None:
        raise NoEntry(f"{name} is no entry point: put @dl.entry_point(version=…) on it")
    return found, entry


def described(names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the entry points as a runner registers them. Raises `NoEntry`."""
    entries = [(name, load(name)[1]) for name in names]
    return [
        {
            "entry_point": name,
            "version": entry.version,
            "code_digest": entry.digest,
            "parameters_schema": entry.schema(),
        }
        for name, entry in entries
    ]
