"""The function that a run can be begun again by."""

from __future__ import annotations

import functools
import inspect
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

LOG = logging.getLogger("deliberation")
ATTRIBUTE = "__deliberation_entry__"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry point: `name` is `module:function`, `digest` names its code, None where that cannot be read."""

    name: str
    version: str
    digest: str | None
    signature: inspect.Signature

    def schema(self) -> dict[str, Any]:
        """Return its parameters as a JSON Schema: their names, and which of them it needs."""
        named = [each for each in self.signature.parameters.values() if each.kind not in VARIABLE]
        needed = [each.name for each in named if each.default is inspect.Parameter.empty]
        return {
            "type": "object",
            "properties": {each.name: _described(each) for each in named},
            "required": needed,
        }


VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(slots=True)
class Entered:
    """One call of an entry point. The first run that begins in it is what it is for."""

    entry: Entry
    parameters: str | None
    _is_claimed: bool = field(default=False, init=False)

    def claim(self) -> bool:
        """Return True to the first run."""
        is_first, self._is_claimed = not self._is_claimed, True
        return is_first


ENTERED: ContextVar[Entered | None] = ContextVar("deliberation_entered", default=None)


def entry_point(*, version: str, sources: Sequence[str] = ()) -> Callable[[F], F]:
    """Make a function an entry point: the run that begins in it says by what it can be begun again.

    It is called with JSON values by name, and begins one run. `version` is its author's; the digest of its code, which
    a replay compares, is over the file it stands in and those of `sources`, the names of modules that it depends on and
    has imported, as they were when it was defined. A call with parameters that JSON cannot hold runs as ever, and
    cannot be replayed.
    """

    def decorate(function: F) -> F:
        entry = Entry(
            name=f"{_module_name(function)}:{function.__qualname__}",
            version=version,
            digest=digest_of([sys.modules.get(each) for each in (function.__module__, *sources)]),
            signature=inspect.signature(function),
        )
        made = _async_wrapper if inspect.iscoroutinefunction(function) else _wrapper
        wrapped = made(function, entry)
        setattr(wrapped, ATTRIBUTE, entry)
        return cast("F", wrapped)

    return decorate


def entry_of(function: Any) -> Entry | None:
    """Return what a function states of itself as an entry point; None where it is none."""
    found = getattr(function, ATTRIBUTE, None)
    return found if isinstance(found, Entry) else None


def facts_of_entry() -> dict[str, Any]:
    """Return the fields of `run.started` for a run that begins here."""
    entered = ENTERED.get()
    if entered is None or not entered.claim():
        return {}
    entry = entered.entry
    facts = {"entry_point": entry.name, "entry_version": entry.version}
    return {**facts, "code_digest": entry.digest, "parameters": entered.parameters}


def digest_of(modules: Sequence[ModuleType | None]) -> str | None:
    """Return the SHA-256 over the source files of modules, whatever their order and wherever they lie."""
    files: set[tuple[str, str]] = set()
    for module in modules:
        path = getattr(module, "__file__", None)
        try:
            content = Path(path or "").read_bytes()
        except OSError:
            return None
        files.add((Path(path or "").name, sha256(content).hexdigest()))
    return f"sha256:{sha256(json.dumps(sorted(files)).encode()).hexdigest()}"


def _wrapper(function: Callable[..., Any], entry: Entry) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **given: Any) -> Any:
        with _entered(entry, args, given):
            return function(*args, **given)

    return call


def _async_wrapper(function: Callable[..., Any], entry: Entry) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(*args: Any, **given: Any) -> Any:
        with _entered(entry, args, given):
            return await function(*args, **given)

    return call


@contextmanager
def _entered(entry: Entry, args: tuple[Any, ...], given: dict[str, Any]) -> Iterator[None]:
    token = ENTERED.set(Entered(entry, _parameters(entry, args, given)))
    try:
        yield
    finally:
        ENTERED.reset(token)


def _parameters(entry: Entry, args: tuple[Any, ...], given: dict[str, Any]) -> str | None:
    """Return what it is called with, defaults too; None for what JSON cannot hold. Never raises."""
    try:
        bound = entry.signature.bind(*args, **given)
        bound.apply_defaults()
        return json.dumps(_flat(entry, bound.arguments), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        LOG.info("%s cannot be replayed with these parameters: %s", entry.name, error)
        return None


def _flat(entry: Entry, arguments: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in arguments.items():
        kind = entry.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            found |= value
        elif kind is inspect.Parameter.VAR_POSITIONAL and value:
            raise TypeError("it is called with more than its named parameters")
        elif kind is not inspect.Parameter.VAR_POSITIONAL:
            found[name] = value
    return found


def _described(parameter: inspect.Parameter) -> dict[str, Any]:
    if parameter.default is inspect.Parameter.empty:
        return {}
    try:
        return {"default": json.loads(json.dumps(parameter.default, allow_nan=False))}
    except (TypeError, ValueError, RecursionError):
        return {}


def _module_name(function: Callable[..., Any]) -> str:
    """Return the module's name; of a program that was started as a script, that of its file."""
    module = function.__module__
    path = getattr(sys.modules.get(module), "__file__", None)
    return Path(path).stem if module == "__main__" and path else module
