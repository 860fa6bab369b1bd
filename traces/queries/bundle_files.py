"""Where bundles lie: in the storage that STORAGES calls "bundles"; `DATA_DIR/bundles` unless told otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.core.files.storage import Storage, storages

from traces.queries.access import NotVisible
from traces.queries.bundles import BundleRow

PORTION_BYTES = 1 << 20
ZIP = "application/zip"


def bundle_storage() -> Storage:
    """Return the storage."""
    return storages["bundles"]


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A bundle's file, to be sent: its bytes by portions, and what is told of it before them."""

    portions: Iterator[bytes] | AsyncIterator[bytes]
    headers: dict[str, str]


def open_bundle(row: BundleRow, *, beside: bool) -> OpenBundle:
    """Return the file of a bundle. The caller has checked who asks. Raises NotVisible when it is not there.

    `beside` reads it in threads, which a server of ASGI needs: what it iterates plainly it reads whole, into memory.
    """
    if not row.is_ready or row.file is None:
        raise NotVisible
    if not bundle_storage().exists(row.file):
        raise NotVisible
    headers = {
        "Content-Disposition": f'attachment; filename="run-{row.run_id}-{row.entries}.zip"',
        "Content-Length": str(row.size),
        "X-Content-Type-Options": "nosniff",
    }
    return OpenBundle(_beside(row.file) if beside else _plainly(row.file), headers)


# Opened by whoever begins to read: an answer that nobody reads leaves nothing open.
def _plainly(name: str) -> Iterator[bytes]:
    with bundle_storage().open(name) as file:
        while portion := file.read(PORTION_BYTES):
            yield portion


async def _beside(name: str) -> AsyncIterator[bytes]:
    file = await sync_to_async(bundle_storage().open, thread_sensitive=False)(name)
    try:
        while portion := await sync_to_async(file.read, thread_sensitive=False)(PORTION_BYTES):
            yield portion
    finally:
        await sync_to_async(file.close, thread_sensitive=False)()
