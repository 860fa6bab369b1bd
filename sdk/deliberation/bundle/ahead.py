"""What comes next is made while what came is looked at: inflating takes as long as all else, and holds up nobody."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor


def read_ahead(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield these chunks, each made in a thread while the one before is in use. At most two are held."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = thread.submit(next, chunks, None)
            yield chunk
