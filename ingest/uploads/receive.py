"""An upload goes from the request to files on disk, chunk by chunk, and is counted on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from ingest.uploads.places import FILES, free_place

MAX_UPLOAD_FILES = 1_000


def most_uploaded() -> int:
    """Return the bytes of all files of one upload. Our door refuses more as it arrives; this holds behind any other."""
    return int(settings.MAX_UPLOAD_BYTES)


class KeptFile(UploadedFile):  # type: ignore[type-arg]
    """A file that lies on disk already, under a number."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        super().__init__(file=None, name=name, size=size)
        self.path = path

    def close(self) -> None:
        """Nothing is held open."""


class IntoFolder(FileUploadHandler):
    """Writes each file of a request into a folder, numbered as they come."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        super().__init__()
        self.folder = folder
        self.most_bytes = most_bytes
        self.is_too_large = False
        self._bytes = 0
        self._count = 0
        self._open: BinaryIO | None = None
        self._path = folder

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file."""
        super().new_file(*args, **kwargs)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = self.folder / str(self._count)
        self._count += 1
        self._open = self._path.open("xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what arrived, or stop reading when it is too much."""
        self._bytes += len(raw_data)
        if self._bytes > self.most_bytes:
            self.is_too_large = True
            raise StopUpload
        if self._open is not None:
            self._open.write(raw_data)

    def file_complete(self, file_size: int) -> KeptFile:
        """End the file."""
        self.close()
        return KeptFile(self._path, str(self.file_name or ""), file_size)

    def upload_interrupted(self) -> None:
        """The client went away."""
        self.close()

    def close(self) -> None:
        """Close the file that is being written: whatever ended the upload, Django does not always say so."""
        if self._open is not None:
            self._open.close()
            self._open = None


def put_in_place(folder: Path, files: list[tuple[KeptFile, str]]) -> None:
    """Give files the paths they were uploaded under, below `folder/files`: what belongs together lies together."""
    root = folder / FILES
    root.mkdir(mode=0o700)
    for file, name in files:
        file.path.rename(free_place(root, name))
