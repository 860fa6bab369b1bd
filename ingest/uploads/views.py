"""The pages of imports: choose files, watch them being read, go to the runs."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from deliberation.bundle.verdict import Misuse
from ingest.importers.choose import IMPORTERS
from ingest.uploads import queries
from ingest.uploads.bundle import Trusted, keep_trusted
from ingest.uploads.places import folder_of, remove_folder
from ingest.uploads.receive import MAX_UPLOAD_FILES, IntoFolder, KeptFile, most_uploaded
from ingest.uploads.take import take_upload
from traces.queries.projects import ProjectRow
from traces.views.access import for_people

STOP_POLLING = 286
"""htmx's own status: swap, and ask no more."""
MAX_PATHS_CHARS = 2_000_000
TOO_LARGE = (
    "The files have more than {} MiB together, so nothing was imported. "
    "Import them in smaller parts, or with manage.py import_traces."
)
NOTHING_CHOSEN = "No file was chosen."
NO_ROOM = "The server could not keep the files, so nothing was imported: {}."
NOT_YOURS = "You may not import into this project."


@csrf_exempt  # where files go must be said before the form is read, and looking for a token reads it: see `_start`
def imports(request: HttpRequest) -> HttpResponseBase:
    """The form and the imports so far; a POST takes files."""
    if request.method != "POST":
        return _page(request)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("imports"), reverse("sign-in"))
    if not queries.projects_to_import_into(request.user):
        return _form(request, error=NOT_YOURS, status=404)
    import_id = uuid.uuid4()
    handler = IntoFolder(folder_of(import_id), most_uploaded())
    request.upload_handlers = [handler]
    try:
        answer = _start(request, import_id, handler)
    except OSError as error:
        answer = _form(request, error=NO_ROOM.format(error.strerror or "it broke off"), status=507)
    except Exception:
        remove_folder(import_id)
        raise
    finally:
        handler.close()
    if answer.status_code != 303:
        remove_folder(import_id)
    return answer


@for_people
def _page(request: HttpRequest) -> HttpResponse:
    return _form(request)


@csrf_protect
def _start(request: HttpRequest, import_id: uuid.UUID, handler: IntoFolder) -> HttpResponse:
    files = _files(request)
    project = _project(request)
    format_name = request.POST.get("format") or None
    if handler.is_too_large:
        return _form(request, error=_too_large(), status=413)
    if project is None:
        return _form(request, error=NOT_YOURS, status=404)
    if not files:
        return _form(request, error=NOTHING_CHOSEN, status=400)
    trusted = Trusted.of_form(request.POST)
    try:
        trusted.read()
    except Misuse as wrong:
        return _form(request, error=str(wrong), status=400)
    if trusted.trust or trusted.heads:
        keep_trusted(folder_of(import_id), trusted)
    take_upload(
        import_id=import_id,
        project=project.id,
        by=request.user.get_username(),
        files=files,
        format_name=format_name if format_name in IMPORTERS else None,
        now_ns=time.time_ns(),
    )
    answer = redirect("import", import_id=import_id)
    answer.status_code = 303
    return answer


@for_people
def one_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """One import: how far it is, and what came out."""
    found = queries.get_import(who=request.user, import_id=import_id)
    return render(request, "imports/detail.html", {"found": found})


@for_people
def import_progress(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """The same without the page around it."""
    found = queries.get_import(who=request.user, import_id=import_id)
    status = STOP_POLLING if found.row.is_over else 200
    return render(request, "imports/_progress.html", {"found": found}, status=status)


def _too_large() -> str:
    return TOO_LARGE.format(most_uploaded() // 2**20)


def _form(request: HttpRequest, *, error: str | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "error": error,
        "trust": request.POST.get("trust", ""),
        "known_heads": request.POST.get("known_heads", ""),
        "projects": queries.projects_to_import_into(request.user),
        "imports": queries.list_imports(who=request.user),
        "formats": sorted(IMPORTERS),
        "most_bytes": most_uploaded(),
        "most_files": MAX_UPLOAD_FILES,
        "too_large": _too_large(),
    }
    return render(request, "imports/list.html", context, status=status)


def _project(request: HttpRequest) -> ProjectRow | None:
    """Return the project that was named, or the only one; None when the person may not import into it."""
    mine = queries.projects_to_import_into(request.user)
    named = request.POST.get("project")
    if named is None:
        return mine[0] if len(mine) == 1 else None
    return next((project for project in mine if project.slug == named), None)


def _files(request: HttpRequest) -> list[tuple[KeptFile, str]]:
    """Return the files with their names; those of a folder with the paths that its script told us in `paths`."""
    chosen = [each for each in request.FILES.getlist("files") if isinstance(each, KeptFile)]
    folder = [each for each in request.FILES.getlist("folder") if isinstance(each, KeptFile)]
    paths = _paths(request.POST.get("paths", ""))
    names = paths if len(paths) == len(folder) else [str(each.name) for each in folder]
    return [(each, str(each.name)) for each in chosen] + list(zip(folder, names, strict=True))


def _paths(text: str) -> list[str]:
    try:
        found = json.loads(text[:MAX_PATHS_CHARS] or "[]")
    except (ValueError, RecursionError):
        return []
    is_paths = isinstance(found, list) and all(isinstance(each, str) for each in found)
    return found if is_paths else []
