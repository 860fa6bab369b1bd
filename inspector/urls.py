"""Every address of the house; the parts bring their own."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from inspector.api import api

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", api.urls)]
for part in ("ingest.urls", "traces.urls"):
    if find_spec(part):
        urlpatterns.append(path("", include(part)))
