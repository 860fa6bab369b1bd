"""Every address of the house; the parts bring their own."""

from __future__ import annotations

from django.urls import include, path
from django.urls.resolvers import RoutePattern

from inspector import health
from inspector.later import Later

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
    Later(RoutePattern("api/v1/"), "inspector.api", app_name="ninja", namespace="api-1.0.0"),
    path("", include("ingest.urls")),
    path("", include("traces.urls")),
]

handler400 = "inspector.errors.bad_request"
handler403 = "inspector.errors.forbidden"
handler404 = "inspector.errors.not_found"
handler500 = "inspector.errors.internal"
