"""The pages about verifiers: all of them, one judged, and the nodes that its numbers count."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from traces.figures.selection import turning_words
from traces.queries.concluded_standings import conclude_standings
from traces.queries.judgements import NO_VERSION, Truth
from traces.queries.projects import list_projects
from traces.queries.verifier import Other, Verifier, get_verifier
from traces.queries.verifier_cells import Cell
from traces.queries.verifier_list import list_verifiers
from traces.queries.verifier_nodes import list_judged_nodes
from traces.queries.verifier_runs import VERDICTS_AT_MOST
from traces.views.access import for_people
from traces.views.owned import read_time
from traces.views.run_filter_form import CHOICES
from traces.views.verifier_form import (
    JUDGING,
    NODES,
    VerifierForm,
    told_unreadable,
    write_standing,
)
from traces.views.verifier_words import (
    CELLS,
    RIGHTS,
    TRUTHS,
    Address,
    told_choice,
    told_rates,
    told_scores,
)

CHOICES_OF_RUNS = {name: values for name, values in CHOICES.items() if name != "sort"}
SURE = 30
"""From so many judgements on it is said that a verifier and the truth never differ."""


@for_people
@told_unreadable
def verifiers(request: HttpRequest) -> HttpResponse:
    """All verifiers of the runs that a person may see, as the address narrows them."""
    form = VerifierForm.of(request.GET.dict())
    page = list_verifiers(
        who=request.user, filters=form.filters(read_time()), cursor=form.cursor, after=form.after
    )
    context = _filters(request, form) | {
        "page": page,
        "query": form.query("cursor"),
        "more": form.query("cursor", after=page.next) if page.next else None,
        "older": form.query(cursor=page.counted.next) if page.counted.next else None,
        "most": VERDICTS_AT_MOST,
        "no_version": NO_VERSION,
    }
    return render(request, "verifiers/list.html", context)


@for_people
@told_unreadable
def verifier(request: HttpRequest, name: str) -> HttpResponse:
    """One verifier, judged."""
    form = VerifierForm.of(request.GET.dict())
    asked = form.judging(name)
    found = get_verifier(
        who=request.user, asked=asked, filters=form.filters(read_time()), cursor=form.cursor
    )
    context = {
        **_filters(request, form),
        **_told(found, _addresses(form, name)),
        **_ways(form, found),
        "name": name,
        "found": found,
        "concluded": conclude_standings(asked, found.counted),
        "version": asked.version,
        "threshold": form.values.get("threshold"),
        "truth": asked.truth,
        "truths": TRUTHS,
        "never_differs": _never_differs(found),
        "most": VERDICTS_AT_MOST,
        "no_version": NO_VERSION,
    }
    return render(request, "verifiers/page.html", context)


def _told(found: Verifier, address: Address) -> dict[str, Any]:
    """What is said of the verifier, each number with where it leads."""
    return {
        "rates": told_rates(found, address),
        "scores": told_scores(found, address),
        "choices_by_it": told_choice(found, address),
        "turning": turning_words(found.selection.curve),
        "words": _words(found, address),
        "bases": [
            (TRUTHS[each], found.bases[each], address(Cell.KNOWN, basis=each.value))
            for each in Truth
        ],
        "cells": {cell.value: address(cell) for cell in Cell},
        "others": [(each, *_against(address, each)) for each in found.others],
        "standings": [
            (each, address(Cell.ALL, standing=write_standing(each))) for each in found.standings
        ],
    }


def _ways(form: VerifierForm, found: Verifier) -> dict[str, Any]:
    """Where the page leads: to other versions, to what was counted before, to the same of other verifiers."""
    kept = ("cursor", "threshold", "truth")
    older = found.counted.next
    return {
        "versions": [
            (version, count, form.query(*kept, version=version or NO_VERSION))
            for version, count in found.versions
        ],
        "all_versions": form.query(*kept),
        "back": form.query("cursor"),
        "query_of_runs": form.query("cursor"),
        "older": form.query(*JUDGING, cursor=older) if older else None,
        "query": form.query("cursor", *JUDGING),
        "hidden": _hidden(form),
    }


def _addresses(form: VerifierForm, name: str) -> Address:
    listed = reverse("verifier-nodes", args=[name])

    def address(cell: Cell, **more: str) -> str:
        return listed + form.query("cursor", *JUDGING, cell=cell.value, **more)

    return address


@for_people
@told_unreadable
def nodes(request: HttpRequest, name: str) -> HttpResponse:
    """The nodes that a number on a verifier's page counts."""
    form = VerifierForm.of(request.GET.dict())
    which = form.which()
    page = list_judged_nodes(
        who=request.user,
        asked=form.judging(name),
        which=which,
        filters=form.filters(read_time()),
        cursor=form.cursor,
        after=form.after,
    )
    context = {
        "name": name,
        "page": page,
        "which": which,
        "cell_words": CELLS[which.cell],
        "right_words": RIGHTS[which.right] if which.right else None,
        "basis_words": TRUTHS[which.basis] if which.basis else None,
        "version": form.values.get("version"),
        "threshold": form.values.get("threshold"),
        "truths": TRUTHS,
        "back": form.query("cursor", *JUDGING),
        "more": form.query("cursor", *JUDGING, *NODES, after=page.next) if page.next else None,
        "no_version": NO_VERSION,
    }
    return render(request, "verifiers/nodes.html", context)


def _filters(request: HttpRequest, form: VerifierForm) -> dict[str, Any]:
    return {
        "form": form.runs,
        "choices": CHOICES_OF_RUNS,
        "projects": [one.slug for one in list_projects(who=request.user)],
    }


def _words(found: Verifier, address: Address) -> list[tuple[str, list[tuple[int, str]]]]:
    """Each outcome with how many are right, wrong, and not known, and where these are listed."""
    told = []
    for word, count in found.outcomes.items():
        right, wrong = found.of_right.get(word, 0), found.of_wrong.get(word, 0)
        cell = Cell(word)
        cells = [(count, address(cell))]
        for side, number in (("yes", right), ("no", wrong), ("unknown", count - right - wrong)):
            cells.append((number, address(cell, right=side)))
        told.append((word, cells))
    return told


def _against(address: Address, other: Other) -> tuple[str, str]:
    named = {"against": other.verifier, "against_version": other.version or NO_VERSION}
    return address(Cell.BOTH, **named), address(Cell.DIFFER, **named)


def _never_differs(found: Verifier) -> bool:
    counts = found.confusion
    both = bool(counts.true_accepts and counts.true_rejects)
    return both and counts.total >= SURE and not (counts.false_accepts or counts.false_rejects)


def _hidden(form: VerifierForm) -> dict[str, str]:
    """What the address says, for a figure to ask for the same."""
    values = {**form.runs.values, **{n: form.values.get(n, "") for n in ("cursor", *JUDGING)}}
    values.pop("sort", None)
    return {name: value for name, value in values.items() if value}
