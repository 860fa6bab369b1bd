"""Which outside things a tool or a request named: addresses, hosts, files, databases. Pure.

Found in what was recorded: addresses anywhere in a tool's arguments, files under the argument names that tools use for
them, and the attributes of OpenTelemetry's conventions for HTTP, RPC, databases, files and MCP. Found means named in
the record; whether the tool reached it, only its result can say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

MAX_NAMED = 50
"""Of one text: a tool that is given a whole page of links names no more."""
MAX_NAME_CHARS = 500
MAX_READ_CHARS = 262_144
MAX_LEVELS = 6


class ResourceKind(StrEnum):
    """What sort of outside thing was named."""

    URL = "url"
    """An address with its scheme."""
    HOST = "host"
    """A host, of which no more is known."""
    FILE = "file"
    """A path in some file system."""
    DATABASE = "database"
    """A database or collection."""
    SERVICE = "service"
    """A named service, queue or data source."""


class Resource(NamedTuple):
    """An outside thing: its kind, its name (at most 500 characters), and the host it is on, where that is known."""

    kind: ResourceKind
    name: str
    host: str | None


ATTRIBUTES = {
    "url.full": ResourceKind.URL,
    "http.url": ResourceKind.URL,
    "mcp.resource.uri": ResourceKind.URL,
    "server.address": ResourceKind.HOST,
    "net.peer.name": ResourceKind.HOST,
    "file.path": ResourceKind.FILE,
    "db.namespace": ResourceKind.DATABASE,
    "db.name": ResourceKind.DATABASE,
    "db.collection.name": ResourceKind.DATABASE,
    "db.system.name": ResourceKind.DATABASE,
    "db.system": ResourceKind.DATABASE,
    "rpc.service": ResourceKind.SERVICE,
    "messaging.destination.name": ResourceKind.SERVICE,
    "gen_ai.data_source.id": ResourceKind.SERVICE,
}
"""Attribute → kind, of OpenTelemetry's semantic conventions 1.4 to 1.37."""

FILE_NAMES = frozenset(
    {"path", "file", "filename", "file_name", "file_path", "filepath", "dir", "directory"}
)
ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{1,14}://[^\s\"'<>\\^`{|}\[\]]+", re.IGNORECASE)
MENTIONED = re.compile("|".join(re.escape(f'"{name}"') for name in ATTRIBUTES))


def resources_in_arguments(text: str) -> list[Resource]:
    """Return what a tool's arguments name, each once, in the order of the text."""
    read = text[:MAX_READ_CHARS]
    found = [_address(match.group()) for match in ADDRESS.finditer(read)]
    if len(text) <= MAX_READ_CHARS and text[:1] in "{[":
        found += _files(text)
    return _distinct(found)


def resources_in_attributes(text: str) -> list[Resource]:
    """Return what a record's attributes, given as JSON, name by convention."""
    if MENTIONED.search(text) is None:
        return []
    try:
        attributes = orjson.loads(text)
    except ValueError:
        return []
    return _distinct(_stated(attributes)) if isinstance(attributes, dict) else []


def _stated(attributes: Mapping[str, Any]) -> Iterator[Resource]:
    for name, kind in ATTRIBUTES.items():
        value = attributes.get(name)
        if not isinstance(value, str) or not value:
            continue
        if kind is ResourceKind.URL:
            yield _address(value)
        else:
            yield Resource(kind, value, value if kind is ResourceKind.HOST else None)


def _address(text: str) -> Resource:
    address = text.rstrip(".,;:!?)")
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return Resource(ResourceKind.URL, address, None)
    if parts.scheme == "file":
        return Resource(ResourceKind.FILE, parts.path or address, None)
    return Resource(ResourceKind.URL, _without_password(address, parts.netloc), host)


def _without_password(address: str, netloc: str) -> str:
    # The ledger keeps what was sent; a list of resources need not repeat its passwords.
    return address.replace(f"{netloc.rpartition('@')[0]}@", "…@", 1) if "@" in netloc else address


def _files(text: str) -> list[Resource]:
    try:
        # The standard reader, because it takes lone surrogates.
        return list(_files_in(json.loads(text), 0))
    except (ValueError, RecursionError):
        return []


def _files_in(value: Any, level: int) -> Iterator[Resource]:
    if level > MAX_LEVELS:
        return
    if isinstance(value, list):
        for item in value[:MAX_NAMED]:
            yield from _files_in(item, level + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            is_path = isinstance(item, str) and name.lower() in FILE_NAMES and item.strip()
            if is_path and "://" not in item:
                yield Resource(ResourceKind.FILE, item, None)
            else:
                yield from _files_in(item, level + 1)


def _distinct(found: Iterator[Resource] | list[Resource]) -> list[Resource]:
    cut = (each._replace(name=each.name[:MAX_NAME_CHARS]) for each in found)
    return list(dict.fromkeys(cut))[:MAX_NAMED]
