"""The form of an export, read."""

from __future__ import annotations

import uuid

from django.http import QueryDict

from deliberation.events.codec import PLANS
from traces.actions.conflict import Unfit
from traces.audit.export_options import ExportOptions
from traces.audit.withholding import Withholding

PARTS = sorted({name for plan in PLANS.values() for name in plan.parts})
OF_PEOPLE = frozenset({"note.written", "note.revised", "run.signed_off"}) & PLANS.keys()


def read_export(sent: QueryDict, language: str) -> ExportOptions:
    """Return what is asked for. Raises Unfit."""
    texts = sent.get("texts")
    parts = set(sent.getlist("part")) & set(PARTS) if texts == "some" else set()
    kinds = OF_PEOPLE if texts == "some" and sent.get("notes") else frozenset()
    try:
        withholding = Withholding(
            everything=texts == "none",
            parts=frozenset(parts),
            kinds=frozenset(kinds),
            reason=sent.get("reason", "").strip() if texts in ("none", "some") else "",
        )
    except ValueError as wrong:
        raise Unfit("reason", str(wrong)) from None
    if texts == "some" and not withholding.withholds:
        raise Unfit("texts", "tick what is withheld, or show all")
    return ExportOptions(
        withholding=withholding,
        derived="derived" in sent,
        parquet="parquet" in sent,
        signed="signed" in sent,
        language=language if language in ("en", "de") else "en",
    )


def read_ticket(sent: QueryDict) -> uuid.UUID:
    """Return the form's own id, so that sent twice it is one export. Raises Unfit."""
    try:
        return uuid.UUID(sent.get("bundle_id", ""))
    except ValueError:
        raise Unfit("bundle_id", "is a UUID") from None
