"""A bundle that was sent: kept on disk, verified at once where it is small, and then it waits for a worker.

Guarantee: what the verifier refuses leaves nothing, neither file nor row. What is answered with 202 is on disk, and its
row is committed.
"""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Iterable
from pathlib import Path

from ingest.models import Import
from ingest.uploads.bundle import FORMAT, Trusted, keep_trusted
from ingest.uploads.places import FILES, folder_of, remove_folder
from ingest.uploads.receive import most_uploaded
from traces.actions.import_bundle import ToImport, check_bundle
from traces.audit.not_imported import NotImported

ELSEWHERE = "use manage.py import_bundle on the server, or raise UPLOAD_MB"
AT_ONCE_BYTES = 128 * 1024 * 1024
"""Unpacked. A larger bundle is verified by the worker alone: a request is no place for a minute's work."""


class TooMuch(Exception):
    """More was sent than is taken. The message is a sentence."""


def take_bundle(
    *,
    portions: Iterable[bytes],
    project: int,
    by: str,
    trusted: Trusted,
    import_id: uuid.UUID,
    now_ns: int,
) -> Import:
    """Keep a bundle for a worker, as it arrives. Raises `NotImported` with the verifier's reason, and `TooMuch`."""
    folder = folder_of(import_id)
    path = folder / FILES / "bundle.zip"
    path.parent.mkdir(mode=0o700, parents=True)
    try:
        size = _write(path, portions)
        keep_trusted(folder, trusted)
        if _unpacked_bytes(path) <= AT_ONCE_BYTES:
            with path.open("rb") as file:
                check_bundle(
                    ToImport(
                        file=file,
                        project=project,
                        by=by,
                        keys=trusted.keys(),
                        heads=trusted.known_heads(),
                    )
                )
        return Import.objects.create(
            id=import_id,
            project_id=project,
            by=by,
            title=FORMAT,
            format=None,
            files=1,
            size=size,
            uploaded_ns=now_ns,
        )
    except BaseException:
        remove_folder(import_id)
        raise


def _write(path: Path, portions: Iterable[bytes]) -> int:
    size = 0
    with path.open("xb") as file:
        for portion in portions:
            size += len(portion)
            if size > most_uploaded():
                raise TooMuch(f"a bundle has at most {most_uploaded():,} bytes here: {ELSEWHERE}")
            file.write(portion)
    return size


def _unpacked_bytes(path: Path) -> int:
    """Return what the zip says that it unpacks to: it is held to that by the verifier."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise NotImported("INVALID: not a readable zip") from None
