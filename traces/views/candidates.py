"""The candidates of a run: the matrix, and two of them side by side."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from traces.queries.compared import compare_candidates
from traces.queries.matrix import COLUMNS_AT_MOST, Matrix, get_matrix
from traces.queries.matrix_order import CandidateOrder
from traces.queries.runs import get_run
from traces.views.access import for_people
from traces.views.candidate_form import CandidateForm, read_pair
from traces.views.run_filter_form import Unreadable
from traces.views.run_list import refuse_address

SORTED = ("proposed", "votes", "value", "rank", "cost")


def matrix_context(request: HttpRequest, run_id: str, form: CandidateForm) -> dict[str, Any]:
    """Return what the matrix is made from."""
    matrix = get_matrix(who=request.user, run_id=run_id, ask=form.ask)
    here = reverse("run-candidates", args=[run_id])
    return {
        "matrix": matrix,
        "same_address": f"{here}?{form.address()}".rstrip("?"),
        "order": form.ask.order.value,
        "sorted_by": form.ask.verifier,
        "sorts": {
            order: f"{here}?{form.address(sort=order, verifier=None, page=1)}" for order in SORTED
        },
        "by_verifier": {
            each.verifier: f"{here}?{_by_verifier(form, each.verifier)}" for each in matrix.columns
        },
        **_ways(form, matrix, here),
    }


def _by_verifier(form: CandidateForm, name: str) -> str:
    return form.address(sort=CandidateOrder.VERDICT.value, verifier=name, page=1)


def _ways(form: CandidateForm, matrix: Matrix, here: str) -> dict[str, str | None]:
    """Return where the rows and columns before and after are."""
    first, last = matrix.first_column, matrix.first_column + COLUMNS_AT_MOST
    ways = {
        "rows_before": (matrix.page > 1, {"page": matrix.page - 1}),
        "rows_after": (matrix.page < matrix.pages, {"page": matrix.page + 1}),
        "columns_before": (first > 0, {"column": max(0, first - COLUMNS_AT_MOST)}),
        "columns_after": (last < matrix.verifier_count, {"column": last}),
    }
    return {
        name: f"{here}?{form.address(**there)}" if is_there else None
        for name, (is_there, there) in ways.items()
    }


@for_people
def candidates(request: HttpRequest, run_id: str) -> HttpResponse:
    """The matrix: the piece for a script, a page for everybody else."""
    run = get_run(who=request.user, run_id=run_id)
    try:
        form = CandidateForm.of(request.GET)
    except Unreadable as wrong:
        return refuse_address(request, str(wrong))
    context = {"run": run, **matrix_context(request, run_id, form)}
    is_piece = "HX-Request" in request.headers
    template = "candidates/_matrix.html" if is_piece else "candidates/page.html"
    return render(request, template, context)


@for_people
def compare(request: HttpRequest, run_id: str) -> HttpResponse:
    """Two candidates side by side. What was ticked leads to the address that names them."""
    run = get_run(who=request.user, run_id=run_id)
    try:
        pair = read_pair(request.GET)
    except Unreadable as wrong:
        return refuse_address(request, str(wrong))
    if pair is None:
        return render(request, "candidates/compare.html", {"run": run, "found": None})
    if "tick" in request.GET:
        here = reverse("compare-candidates", args=[run_id])
        return HttpResponseRedirect(f"{here}?{urlencode({'a': pair[0], 'b': pair[1]})}")
    found = compare_candidates(who=request.user, run_id=run_id, left=pair[0], right=pair[1])
    return render(request, "candidates/compare.html", {"run": run, "found": found})
