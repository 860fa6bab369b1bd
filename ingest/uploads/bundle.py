"""An uploaded file that is an audit bundle: it is verified, and its runs are kept as they came."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models.functions import Now

from deliberation.bundle.bag import DECLARATION
from deliberation.bundle.heads import KnownHead, heads_of_text
from deliberation.bundle.keys import Key, read_key
from ingest.models import Import
from ingest.uploads.places import FILES, folder_of
from traces.actions.import_bundle import ToImport, import_bundle

FORMAT = "audit bundle"
TRUSTED = "trusted.json"
LEASE = dt.timedelta(minutes=10)
"""For each LEASED_BYTES begun: all of a bundle is one transaction, in which nobody sees a claim renewed."""
LEASED_BYTES = 64 * 1024 * 1024
BROKEN = (zipfile.BadZipFile, OSError, ValueError, KeyError, RuntimeError, NotImplementedError)


def find_bundle(folder: Path) -> Path | None:
    """Return the only file of an upload, where it is a bundle."""
    found = [path for path in (folder / FILES).rglob("*") if path.is_file()]
    return found[0] if len(found) == 1 and is_bundle(found[0]) else None


def is_bundle(path: Path) -> bool:
    """Whether a file says that it is one: whether it is, the verifier finds."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("bagit.txt") as declaration:
            names = archive.namelist()
            is_bag = declaration.read(len(DECLARATION)) == DECLARATION
    except BROKEN:
        return False
    return is_bag and any(name.startswith("data/evidence/") for name in names)


@dataclass(frozen=True, slots=True)
class Trusted:
    """What somebody brings along with a bundle: lines of keys that they trust, and texts of heads that they kept."""

    trust: Sequence[str] = ()
    heads: Sequence[str] = ()

    @classmethod
    def of_form(cls, fields: Mapping[str, str]) -> Trusted:
        """Return what stands in the fields `trust`, as a file of keys, and `known_heads`, as a file of heads."""
        keys, heads = fields.get("trust", "").splitlines(), fields.get("known_heads", "")
        lines = [key.strip() for key in keys]
        trust = [key for key in lines if key and not key.startswith("#")]
        return cls(trust, [heads.replace("\r\n", "\n")] if heads.strip() else [])

    def read(self) -> None:
        """See that all of it can be read. Raises `Misuse` with the sentence that says what cannot."""
        self.keys()
        self.known_heads()

    def keys(self) -> list[Key]:
        """Return the keys. Raises `Misuse`."""
        return [read_key(line) for line in self.trust]

    def known_heads(self) -> list[KnownHead]:
        """Return the heads. Raises `Misuse`."""
        return [head for text in self.heads for head in heads_of_text(text)]


def keep_trusted(row_folder: Path, trusted: Trusted) -> None:
    """Put it beside the upload that it came with."""
    plain = {"heads": list(trusted.heads), "trust": list(trusted.trust)}
    (row_folder / TRUSTED).write_text(json.dumps(plain))


def read_bundle(row: Import, path: Path, now_ns: int) -> dict[str, Any]:
    """Import the bundle; return the columns that say what came of it. Raises `NotImported`."""
    lease = LEASE * (1 + row.size // LEASED_BYTES)
    Import.objects.filter(pk=row.pk, token=row.token).update(claimed_until=Now() + lease)
    trusted = _trusted(folder_of(row.pk))
    with path.open("rb") as file:
        by = row.by if row.by.startswith("key:") else f"user:{row.by}"
        given = ToImport(
            file=file,
            project=row.project_id,
            by=by,
            keys=trusted.keys(),
            heads=trusted.known_heads(),
        )
        report = import_bundle(given, now_ns=now_ns)
    runs = [run.run for run in report.runs]
    return {
        "run_count": len(runs),
        "runs": runs,
        "formats": {FORMAT: len(runs)},
        "files_read": 1,
        "files_found": 1,
    }


def _trusted(folder: Path) -> Trusted:
    path = folder / TRUSTED
    return Trusted(**json.loads(path.read_text())) if path.exists() else Trusted()
