"""Errors of the API as RFC 9457 problems: `application/problem+json` with type, title, status and detail."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from traces.actions.conflict import Unfit
from traces.actions.note_access import note_access
from traces.models.access_tally import Way
from traces.queries.access import NotAllowed, NotVisible


class Problem(Schema):
    """What went wrong, in a form for programs (`status`) and a sentence for people (`detail`)."""

    type: str
    title: str
    status: int
    detail: str


PROBLEM = "application/problem+json"
NOTHING_HERE = "there is nothing here, or it is not yours"
SENTENCES = {401: "send a key as: Authorization: Bearer <key>, or sign in"}
REFUSALS = frozenset({401, 403, 404, 422})
Run = Callable[..., HttpResponse]


def answers(shape: type[Schema], status: int = 200) -> dict[Any, type[Schema]]:
    """Return what an address may answer, for the document: the shape, or a problem."""
    return {status: shape, REFUSALS: Problem}


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """Return an error as a problem, with whatever more a program can make use of."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    response = HttpResponse(orjson.dumps(body), content_type=PROBLEM, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def tell_problems(run: Run) -> Run:
    """Wrap an operation so that whatever it refuses is told as a problem, and what is not visible as 404.

    No cache keeps an answer: what a person may see is not to be found in their browser when they have left.
    """

    @wraps(run)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = run(request, *args, **kwargs)
        except NotVisible:
            response = problem(404, NOTHING_HERE)
        except NotAllowed as refused:
            response = problem(403, str(refused))
        except Unfit as wrong:
            response = problem(422, f"{wrong.field}: {wrong.sentence}")
        if response.status_code >= 400 and response["Content-Type"] != PROBLEM:
            response = problem(response.status_code, _sentence(response))
        if "run_id" in kwargs and response.status_code < 300:
            asker = request.auth  # type: ignore[attr-defined]
            note_access(kwargs["run_id"], by=asker.by, way=Way.READ)
        response["Cache-Control"] = "private, no-store"
        return response

    return answer


def _sentence(response: HttpResponse) -> str:
    phrase = HTTPStatus(response.status_code).phrase
    try:
        detail = json.loads(response.content)["detail"]
    except (ValueError, KeyError, TypeError):
        detail = phrase
    if isinstance(detail, list):
        return "; ".join(map(_complaint, detail))
    return SENTENCES.get(response.status_code, phrase) if detail == phrase else str(detail)


def _complaint(error: dict[str, Any]) -> str:
    where = ".".join(str(step) for step in error.get("loc", ())[1:])
    said = json.dumps(error.get("msg", "is not valid"), ensure_ascii=True)[1:-1]
    return f"{where}: {said}"
