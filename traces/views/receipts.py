"""Receipts to keep: a signed proof that an entry stands in the ledger."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from traces.queries.receipts import NeverSigned, NotYetSigned, read_receipt
from traces.views.access import for_people

TEXT = "text/plain; charset=utf-8"
SOON_SECONDS = 5


@for_people
def receipt(request: HttpRequest, run_id: uuid.UUID, seq: int) -> HttpResponse:
    """The receipt of one entry as a file; 503 for the seconds until it is signed, 404 where it never will be here."""
    try:
        data = read_receipt(who=request.user, run_id=run_id, seq=seq)
    except NotYetSigned:
        sentence = gettext("This entry is not signed yet. Try again in some seconds.")
        headers = {"Retry-After": str(SOON_SECONDS)}
        return HttpResponse(sentence, status=503, content_type=TEXT, headers=headers)
    except NeverSigned:
        sentence = gettext("No checkpoint that came with this run covers the entry.")
        return HttpResponse(sentence, status=404, content_type=TEXT)
    name = f"receipt-{run_id}-{seq}.tlog-proof"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=TEXT, headers=headers)
