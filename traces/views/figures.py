"""Figures as JSON for the browser to draw."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, JsonResponse

from traces.figures.cost import cost_icicle
from traces.queries import costs
from traces.templatetags.trace_text import one_line
from traces.views.access import for_people


@for_people
def cost(request: HttpRequest, run_id: str) -> JsonResponse:
    """Cost by branch below `root`, or of the whole run; at most a thousand sectors."""
    root = request.GET.get("root") or None
    found = costs.cost_by_branch(who=request.user, run_id=run_id, root=root)
    return JsonResponse(cost_icicle([replace(one, label=one_line(one.label)) for one in found]))
