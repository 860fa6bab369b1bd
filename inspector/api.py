"""The read and control API: one OpenAPI document, gathered from the parts' routers."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from ninja import NinjaAPI

api = NinjaAPI(
    title="Deliberation Inspector",
    version="1.0.0",
    openapi_url="/openapi.json",
    docs_url="/docs",
)
for part in ("traces.api", "ingest.api"):
    router = getattr(import_module(part), "router", None) if find_spec(part) else None
    if router:
        api.add_router("", router)
