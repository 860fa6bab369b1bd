"""Take an upload: its files are in place and its row is committed when the answer goes out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from ingest.models import Import
from ingest.uploads.places import folder_of
from ingest.uploads.receive import KeptFile, put_in_place

MAX_TITLE_CHARS = 200


def take_upload(
    *,
    import_id: uuid.UUID,
    project: int,
    by: str,
    files: Sequence[tuple[KeptFile, str]],
    format_name: str | None,
    now_ns: int,
) -> Import:
    """Put the files, each with the path it was uploaded under, where a worker finds them, and say that they wait."""
    put_in_place(folder_of(import_id), list(files))
    return Import.objects.create(
        id=import_id,
        project_id=project,
        by=by,
        title=_title([name for _, name in files]),
        format=format_name,
        files=len(files),
        size=sum(file.size or 0 for file, _ in files),
        uploaded_ns=now_ns,
    )


def _title(names: Sequence[str]) -> str:
    """Return what the import is called: the file, the folder that all lie in, or the first of several."""
    first = names[0].replace("\\", "/").strip("/")
    folders = {name.replace("\\", "/").strip("/").partition("/")[0] for name in names}
    if len(names) == 1:
        title = first.rpartition("/")[2]
    elif len(folders) == 1 and "/" in first:
        title = f"{folders.pop()}/"
    else:
        others = len(names) - 1
        title = f"{first} and {others:,} {'other' if others == 1 else 'others'}"
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in title)
    return clean.encode("utf-8", "replace").decode()[:MAX_TITLE_CHARS] or "unnamed"
