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
    if find_spec(part):
        api.add_router("", import_module(part).router)
