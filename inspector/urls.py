"""Every address of the house; the parts bring their own."""

from __future__ import annotations

from django.urls import include, path

from inspector import health
from inspector.api import api

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("", include("ingest.urls")),
    path("", include("traces.urls")),
]

handler400 = "inspector.errors.bad_request"
handler403 = "inspector.errors.forbidden"
handler404 = "inspector.errors.not_found"
handler500 = "inspector.errors.internal"
