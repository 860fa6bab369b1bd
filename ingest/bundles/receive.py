"""A bundle that was sent: kept on disk, verified at once where it is small, and then it waits for a worker.

Guarantee: what the verifier refuses leaves nothing, neither file nor row. What is answered with 202 is on disk, and its
row is committed.
"""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path

from deliberation.bundle.keys import read_key
from deliberation.bundle.verdict import Misuse
from ingest.models import Import
from ingest.uploads.bundle import FORMAT, keep_trusted
from ingest.uploads.places import FILES, folder_of, remove_folder
from traces.actions.conflict import Unfit
from traces.actions.import_bundle import ToImport, check_bundle
from traces.audit.not_imported import NotImported

AT_ONCE_BYTES = 128 * 1024 * 1024
"""Unpacked. A larger bundle is verified by the worker alone: a request is no place for a minute's work."""


def take_bundle(
    *, data: bytes, project: int, by: str, trust: list[str], import_id: uuid.UUID, now_ns: int
) -> Import:
    """Keep a bundle for a worker. Raises `NotImported` with the verifier's reason, Unfit for a key that is none."""
    try:
        keys = [read_key(line) for line in trust]
    except Misuse as wrong:
        raise Unfit("trust", str(wrong)) from None
    folder = folder_of(import_id)
    path = folder / FILES / "bundle.zip"
    path.parent.mkdir(mode=0o700, parents=True)
    try:
        path.write_bytes(data)
        keep_trusted(folder, "\n".join(trust))
        if _unpacked_bytes(path) <= AT_ONCE_BYTES:
            with path.open("rb") as file:
                check_bundle(ToImport(file=file, project=project, by=by, keys=keys))
        return Import.objects.create(
            id=import_id,
            project_id=project,
            by=by,
            title=FORMAT,
            format=None,
            files=1,
            size=len(data),
            uploaded_ns=now_ns,
        )
    except BaseException:
        remove_folder(import_id)
        raise


def _unpacked_bytes(path: Path) -> int:
    """Return what the zip says that it unpacks to: it is held to that by the verifier."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise NotImported("INVALID: not a readable zip") from None
