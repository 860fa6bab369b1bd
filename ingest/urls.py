"""Addresses of the machines' door, some in the form of Langfuse's and LangSmith's clients; and of imports."""

from __future__ import annotations

from django.urls import path

from ingest import views
from ingest.control import approvals, reservations
from ingest.control import views as control
from ingest.uploads import views as uploads

urlpatterns = [
    path("v1/traces", views.receive_traces),
    path("v1/logs", views.receive_logs),
    path("v1/metrics", views.receive_metrics),
    path("v1/events", views.receive_events),
    path("v1/control", control.rounds),
    path("v1/control/<str:run>", control.poll),
    path("v1/control/<str:run>/ack", control.acknowledge),
    path("v1/control/<str:run>/heartbeat", control.beat),
    path("v1/control/<str:run>/approvals", approvals.ask),
    path("v1/control/<str:run>/approvals/<str:approval>/consume", approvals.consume),
    path("v1/control/<str:run>/reservations", reservations.reserve),
    path("v1/control/<str:run>/reservations/<str:reservation>/settle", reservations.settle),
    path("v1/control/<str:run>/reservations/<str:reservation>/release", reservations.release),
    path("api/public/otel/v1/traces", views.receive_traces),
    path("api/public/otel/v1/logs", views.receive_logs),
    path("api/public/otel/v1/metrics", views.receive_metrics),
    path("otel", views.receive_traces),  # LangSmith's own exporter appends nothing to it
    path("otel/v1/traces", views.receive_traces),
    path("otel/v1/logs", views.receive_logs),
    path("otel/v1/metrics", views.receive_metrics),
    path("import", uploads.imports, name="imports"),
    path("import/<uuid:import_id>", uploads.one_import, name="import"),
    path("import/<uuid:import_id>/progress", uploads.import_progress, name="import-progress"),
]
