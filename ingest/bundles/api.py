"""The addresses for bundles that come in."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from ninja.responses import Status

from deliberation.bundle.verdict import Misuse
from ingest.bundles.receive import TooMuch, take_bundle
from ingest.models import Import, ImportState
from ingest.uploads.bundle import Trusted
from ingest.uploads.queries import MAY_IMPORT
from traces.actions.conflict import Unfit
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import Problem, answers, problem, tell_problems
from traces.audit.not_imported import NotImported
from traces.models.access import Scope
from traces.queries.access import NotVisible, as_uuid
from traces.queries.projects import get_project

router = Router(auth=[Key(Scope.INGEST), Session(*MAY_IMPORT)], tags=["bundles"])
router.add_decorator(tell_problems, mode="view")

PORTION_BYTES = 1 << 20
STATES = {
    ImportState.WAITING.value: "waiting",
    ImportState.READING.value: "reading",
    ImportState.DONE.value: "imported",
    ImportState.FAILED.value: "refused",
}


class BundleImport(Schema):
    """A bundle that was sent. `status` is waiting, reading, imported, or refused with the reason in `error`."""

    id: str
    status: str
    runs: list[str]
    error: str | None

    @classmethod
    def of(cls, row: Import) -> BundleImport:
        """Return the shape of an import."""
        runs = [str(run) for run in row.runs]
        return cls(id=str(row.pk), status=STATES[row.state], runs=runs, error=row.error)


@router.post(
    "/bundles/import",
    response={**answers(BundleImport, 202), 413: Problem},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
    summary="Import an audit bundle",
)
def take(
    request: HttpRequest,
    project: Annotated[str | None, Query(description="Where there are several")] = None,
    trust: Annotated[
        list[str] | None, Query(max_length=16, description="Keys that you trust, as C2SP notes")
    ] = None,
    known_head: Annotated[
        list[str] | None,
        Query(
            max_length=64,
            description="Heads that you kept, each `<run> <size> <root>` as the server gave it",
        ),
    ] = None,
) -> Any:
    """202: it passed, as far as it was looked at, and a worker imports it. 422: refused, with the verifier's reason.

    The zip is written by portions, with at most UPLOAD_MB. What contradicts a head of yours is refused: DIVERGED.
    """
    asker = asker_of(request)
    into = get_project(who=asker, slug=project)
    trusted = _trusted(trust or [], known_head or [])
    try:
        row = take_bundle(
            portions=_portions(request),
            project=into.id,
            by=asker.by.removeprefix("user:"),
            trusted=trusted,
            import_id=uuid.uuid4(),
            now_ns=time.time_ns(),
        )
    except NotImported as refused:
        return problem(422, str(refused))
    except TooMuch as refused:
        return problem(413, str(refused))
    return Status(202, BundleImport.of(row))


@router.get(
    "/bundles/import/{import_id}", response=answers(BundleImport), summary="How far an import is"
)
def get_one(
    request: HttpRequest, import_id: Annotated[str, Path(description="The import's UUID")]
) -> BundleImport:
    """One bundle that was sent, until its row is forgotten."""
    found = Import.objects.filter(
        pk=as_uuid(import_id), project_id__in=asker_of(request).project_ids
    ).first()
    if found is None:
        raise NotVisible
    return BundleImport.of(found)


def _trusted(trust: list[str], heads: list[str]) -> Trusted:
    """Return what was brought along, once all of it can be read. Raises Unfit."""
    trusted = Trusted(trust, heads)
    for name, read in (("trust", trusted.keys), ("known_head", trusted.known_heads)):
        try:
            read()
        except Misuse as wrong:
            raise Unfit(name, str(wrong)) from None
    return trusted


def _portions(request: HttpRequest) -> Iterator[bytes]:
    """Yield the zip as it comes: the body, or the first file of a form."""
    if not (request.content_type or "").startswith("multipart/"):
        yield from iter(lambda: request.read(PORTION_BYTES), b"")
        return
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            yield from file.chunks()
            return
