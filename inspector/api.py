"""The read and control API: one OpenAPI document, gathered from the parts' routers."""

from __future__ import annotations

from ninja import NinjaAPI

from ingest.api import router as ingest_router
from ingest.bundles.api import router as bundles_router
from traces.api.gathered import router as traces_router

api = NinjaAPI(
    title="Deliberation Inspector",
    version="1.0.0",
    openapi_url="/openapi.json",
    docs_url="/docs",
)
api.add_router("", bundles_router)  # before `/bundles/{bundle_id}`, which it would be
api.add_router("", traces_router)
api.add_router("", ingest_router)

urlpatterns, _, _ = api.urls
