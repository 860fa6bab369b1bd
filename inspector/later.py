"""Addresses whose module is imported when one of them is first asked for.

The API's shapes take a third of what a web process imports, and the door, the pages and their sockets need none.
"""

from __future__ import annotations

from django.urls import URLResolver


class Later(URLResolver):
    """All below a prefix, by the name of the module with its `urlpatterns`. It has a namespace of its own."""

    def _populate(self) -> None:
        """Whoever looks up names outside the namespace does not look at those within."""
        if "urlconf_module" in vars(self):
            super()._populate()
