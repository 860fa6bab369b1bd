"""The table of saved views: lists of runs that somebody looks at again."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A name for an address of the list of runs; its owner's alone, who can send the address to anybody."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.TextField(help_text="At most 60 characters")
    query = models.TextField(help_text="The query of the address, without the question mark")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="a_view_has_a_name_of_its_own")
        ]
