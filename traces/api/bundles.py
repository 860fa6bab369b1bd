"""The addresses of exports: ask for a bundle, see how far it is, end it, have it."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Path, Router
from ninja.responses import Status

from traces.actions.ask_for_bundle import ask_for_bundle, cancel_bundle
from traces.actions.conflict import Unfit
from traces.actions.note_access import note_access
from traces.api.auth import Key, Session, asker_of
from traces.api.bundle_shapes import Bundle, Bundles, BundleToMake
from traces.api.problems import REFUSALS, Problem, answers, problem, tell_problems
from traces.models.access import Scope
from traces.models.access_tally import Way
from traces.queries.access import see_run
from traces.queries.bundle_files import ZIP, open_bundle
from traces.queries.bundles import MAY_EXPORT, get_bundle, list_bundles
from traces.queries.clock import read_clock

router = Router(auth=[Key(Scope.EXPORT), Session()], tags=["bundles"])
router.add_decorator(tell_problems, mode="view")

THE_ZIP = {
    "responses": {
        200: {
            "description": "The bundle",
            "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
RunId = Annotated[str, Path(description="The run's UUID")]
BundleId = Annotated[str, Path(description="The bundle's UUID")]


@router.post(
    "/runs/{run_id}/bundles",
    response=answers(Bundle, 202),
    auth=[Key(Scope.EXPORT), Session(*MAY_EXPORT)],
    summary="Export a run as an audit bundle",
)
def make_bundle(request: HttpRequest, run_id: RunId, asked: BundleToMake) -> Status[Bundle]:
    """202: a worker writes it; `GET /bundles/{id}` says how far it is."""
    asker, now_ns = asker_of(request), read_clock()
    made = ask_for_bundle(
        run=see_run(asker, run_id),
        options=asked.options(),
        by=asker.by,
        bundle_id=_own_id(asked.bundle_id),
        now_ns=now_ns,
    )
    return Status(202, Bundle.of(get_bundle(who=asker, bundle_id=made.pk), now_ns=now_ns))


@router.get("/runs/{run_id}/bundles", response=answers(Bundles), summary="Exports of a run")
def list_of_run(request: HttpRequest, run_id: RunId) -> Bundles:
    """The newest 100, newest first."""
    now_ns = read_clock()
    rows = list_bundles(who=asker_of(request), run_id=run_id)
    return Bundles(items=[Bundle.of(row, now_ns=now_ns) for row in rows])


@router.get("/bundles/{bundle_id}", response=answers(Bundle), summary="One export")
def get_one(request: HttpRequest, bundle_id: BundleId) -> Bundle:
    """How far it is, and once it is ready its identity, its size and a link."""
    row = get_bundle(who=asker_of(request), bundle_id=bundle_id)
    return Bundle.of(row, now_ns=read_clock())


@router.post(
    "/bundles/{bundle_id}/cancel",
    response={**answers(Bundle), 409: Problem},
    auth=[Key(Scope.EXPORT), Session(*MAY_EXPORT)],
    summary="End an export",
)
def cancel(request: HttpRequest, bundle_id: BundleId) -> Any:
    """200: nothing comes of it any more. 409: it was over."""
    asker, now_ns = asker_of(request), read_clock()
    row = get_bundle(who=asker, bundle_id=bundle_id)
    if not cancel_bundle(bundle_id=row.id, by=asker.by, now_ns=now_ns):
        return problem(409, "this export is over already")
    return Bundle.of(get_bundle(who=asker, bundle_id=row.id), now_ns=now_ns)


@router.get(
    "/bundles/{bundle_id}/download",
    response={REFUSALS: Problem},
    openapi_extra=THE_ZIP,
    summary="The zip",
)
def download(request: HttpRequest, bundle_id: BundleId) -> HttpResponse:
    """`application/zip`, streamed. 404 before it is ready and after it has expired."""
    asker = asker_of(request)
    row = get_bundle(who=asker, bundle_id=bundle_id)
    found = open_bundle(row, beside=isinstance(request, ASGIRequest))
    note_access(row.run_id, by=asker.by, way=Way.DOWNLOAD)
    return StreamingHttpResponse(found.portions, content_type=ZIP, headers=found.headers)  # type: ignore[return-value]


def _own_id(text: str | None) -> uuid.UUID:
    if text is None:
        return uuid.uuid4()
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Unfit("bundle_id", "is a UUID") from None
