"""Tags and rating of a run, and signing it off."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from deliberation.ledger.head import read_head
from deliberation.vocabulary import Rating, SignOff
from traces.actions.change_tags import change_tags
from traces.actions.conflict import Unfit
from traces.actions.rate import rate
from traces.actions.say import Said
from traces.actions.sign_off import Grown, Signature, sign_off
from traces.live.publish import poke
from traces.queries import runs, verdict_header
from traces.queries.access import see_run
from traces.queries.review import Growth, get_growth, get_review
from traces.views.access import for_changes, for_people
from traces.views.see_other import see_other
from traces.views.speaking import CHECKED, REFUSED, answer, check_judge, speech_of
from traces.views.unfit_words import tell_unfit


def review(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Tags and rating of a run; a POST changes them."""
    return mark(request, run_id) if request.method == "POST" else marks(request, run_id)


def signing(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """What would be signed; a POST signs it."""
    return sign(request, run_id) if request.method == "POST" else offer(request, run_id)


@for_people
def marks(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The page of both forms, for browsers without the popover of the run's page."""
    context = {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "review": get_review(who=request.user, run_id=run_id),
    }
    return render(request, "remarks/review.html", context)


@for_changes
def mark(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Change tags, or rate the run or a node, as the form says that was sent."""
    run, judge = check_judge(request, run_id)
    speech, sent = speech_of(request, run, judge), request.POST

    def act() -> Said:
        if "rating" in sent:
            return rate(speech=speech, rating=_rating(sent["rating"]), node_id=sent.get("node"))
        added = [tag for tag in sent.get("add", "").split(",") if tag.strip()]
        return change_tags(speech=speech, add=added, remove=sent.getlist("remove"))

    return answer(request, run, act, reverse("run", args=[run_id]))


@for_people
def offer(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The run as it would be signed: its answer, its size and its head."""
    see_run(request.user, run_id)
    return _form(request, run_id)


@for_changes
def sign(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Sign, and go back to the run; who had not seen all of it is shown what came, and asked again."""
    run, judge = check_judge(request, run_id)
    sent = request.POST
    try:
        said = sign_off(speech=speech_of(request, run, judge), signature=_signature(run_id, sent))
    except Unfit as unfit:
        return _form(request, run_id, error=tell_unfit(unfit), status=CHECKED)
    except Grown as grown:
        growth = get_growth(who=judge, run_id=run_id, since=grown.seen_size)
        return _form(request, run_id, growth=growth, status=REFUSED)
    poke(said.changes)
    return see_other(f"{reverse('run', args=[run_id])}#signed")


def _one_of(words: type[Rating | SignOff]) -> str:
    return gettext("must be one of {known}").format(known=", ".join(each.value for each in words))


def _rating(word: str) -> Rating | None:
    """Return the rating; an empty word takes it back. Raises Unfit."""
    try:
        return Rating(word) if word else None
    except ValueError:
        raise Unfit("rating", _one_of(Rating)) from None


def _signature(run_id: uuid.UUID, sent: object) -> Signature:
    """Return what somebody signs. Raises Unfit for an outcome or a head that is none."""
    values: dict[str, str] = sent.dict()  # type: ignore[attr-defined]
    try:
        outcome = SignOff(values.get("outcome", ""))
    except ValueError:
        raise Unfit("outcome", _one_of(SignOff)) from None
    head = read_head(values.get("head", ""))
    if head is None or head.run != str(run_id):
        raise Unfit("head", gettext("is no head of this run's ledger"))
    return Signature(
        outcome=outcome,
        statement=values.get("statement", ""),
        seen_size=head.size,
        seen_root=head.root,
    )


def _form(
    request: HttpRequest,
    run_id: uuid.UUID,
    *,
    error: str = "",
    growth: Growth | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "header": verdict_header.get_header(who=request.user, run_id=run_id),
        "review": get_review(who=request.user, run_id=run_id),
        "sent": request.POST,
        "error": error,
        "growth": growth,
    }
    return render(request, "remarks/sign_off.html", context, status=status)
