"""End a key of a project. The row stays as history."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from traces.models import ApiKey
from traces.queries.access import NotVisible


def end_key(*, project_id: int, key_id: int, by: str, now: dt.datetime) -> ApiKey:
    """End a key: whoever sends it is refused from now on. Raises NotVisible. It does not come back.

    Ended twice, the first end stands.
    """
    with transaction.atomic():
        found = (
            ApiKey.objects.select_for_update(no_key=True)
            .filter(pk=key_id, project_id=project_id)
            .first()
        )
        if found is None:
            raise NotVisible
        if found.revoked_at is None:
            found.revoked_by, found.revoked_at = by, now
            found.save(update_fields=["revoked_by", "revoked_at"])
    return found
