"""Addresses of the machines' door, one in Langfuse's form for clients that cannot be told otherwise; and of imports."""

from __future__ import annotations

from django.urls import path

from ingest import views
from ingest.uploads import views as uploads

urlpatterns = [
    path("v1/traces", views.receive_traces),
    path("v1/logs", views.receive_logs),
    path("v1/metrics", views.receive_metrics),
    path("v1/events", views.receive_events),
    path("api/public/otel/v1/traces", views.receive_traces),
    path("import", uploads.imports, name="imports"),
    path("import/<uuid:import_id>", uploads.one_import, name="import"),
    path("import/<uuid:import_id>/progress", uploads.import_progress, name="import-progress"),
]
