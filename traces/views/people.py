"""Giving people roles in a project, and taking them away, as an owner."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from traces.actions.conflict import Unfit
from traces.actions.give_role import give_role
from traces.views.keys import show_keys
from traces.views.owned import form_on, get_owned, read_time
from traces.views.see_other import see_other
from traces.views.unfit_words import tell_unfit

MAX_CHARS = 200


@form_on("keys")
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the `person` that `role`; an empty one takes theirs away."""
    project, owner = get_owned(request, slug)
    person, role = (request.POST.get(name, "")[:MAX_CHARS].strip() for name in ("person", "role"))
    try:
        give_role(
            project_id=project.id, person=person, role=role or None, by=owner.by, now=read_time()
        )
    except Unfit as unfit:
        sentence = tell_unfit(unfit)
        return show_keys(request, project, people_error=sentence, person=person, status=400)
    return see_other("keys", slug=slug)
