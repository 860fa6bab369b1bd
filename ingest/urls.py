"""Addresses of the machines' door. The second form is Langfuse's, for clients that cannot be told otherwise."""

from __future__ import annotations

from django.urls import path

from ingest import views

urlpatterns = [
    path("v1/traces", views.receive_traces),
    path("v1/logs", views.receive_logs),
    path("v1/metrics", views.receive_metrics),
    path("v1/events", views.receive_events),
    path("api/public/otel/v1/traces", views.receive_traces),
]
