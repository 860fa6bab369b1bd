"""All routers of the API as one: `router` is mounted by the house."""

from __future__ import annotations

from traces.api.access_log import router as access_router
from traces.api.analytics import router as analytics_router
from traces.api.approvals import router as approvals_router
from traces.api.budgets import router as budgets_router
from traces.api.bundles import router as bundles_router
from traces.api.comparing import router as comparing_router
from traces.api.control import router as control_router
from traces.api.counterfactual import router as counterfactual_router
from traces.api.disclosure import router as disclosure_router
from traces.api.frontier import router as frontier_router
from traces.api.judging import router as judging_router
from traces.api.prices import router as prices_router
from traces.api.remarks import router as remarks_router
from traces.api.removals import router as removals_router
from traces.api.replays import router as replays_router
from traces.api.runners import router as runners_router
from traces.api.runs import router
from traces.api.sessions import router as sessions_router
from traces.api.signing import router as signing_router
from traces.api.verifiers import router as verifiers_router
from traces.api.webhooks import router as webhooks_router

router.add_router("", access_router)
router.add_router("", analytics_router)
router.add_router("", approvals_router)
router.add_router("", budgets_router)
router.add_router("", bundles_router)
router.add_router("", comparing_router)
router.add_router("", control_router)
router.add_router("", counterfactual_router)
router.add_router("", disclosure_router)
router.add_router("", frontier_router)
router.add_router("", judging_router)
router.add_router("", prices_router)
router.add_router("", remarks_router)
router.add_router("", removals_router)
router.add_router("", replays_router)
router.add_router("", runners_router)
router.add_router("", sessions_router)
router.add_router("", signing_router)
router.add_router("", verifiers_router)
router.add_router("", webhooks_router)

__all__ = ["router"]
