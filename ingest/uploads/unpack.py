"""An uploaded zip becomes a folder, within bounds that do not trust what the archive says of itself."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from pathlib import Path

from ingest.importers.base import NotImportable
from ingest.uploads.places import free_place

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_MEMBERS = 10_000
CHUNK_BYTES = 1024 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, IndexError)


def unpack(path: Path, into: Path) -> None:
    """Write the files of the archive below `into`, which is emptied first. Raises `NotImportable`."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(mode=0o700, parents=True)
    try:
        with zipfile.ZipFile(path) as archive:
            _write_all(path, archive, into)
    except NotImplementedError:
        raise NotImportable(path, "is packed in a way that is not known here") from None
    except RuntimeError:
        raise NotImportable(path, "is protected by a password") from None
    except BROKEN:
        raise NotImportable(path, "is not a zip archive, or a damaged one") from None


def _write_all(path: Path, archive: zipfile.ZipFile, into: Path) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise NotImportable(path, f"holds more than {MAX_MEMBERS:,} files")
    left = MAX_UNPACKED_BYTES
    for member in members:
        with archive.open(member) as packed, free_place(into, member.filename).open("xb") as file:
            while chunk := packed.read(CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    raise NotImportable(path, f"unpacks to more than {MAX_UNPACKED_BYTES} bytes")
                file.write(chunk)
