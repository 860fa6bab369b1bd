"""The pages' addresses. Fragments are addresses of their own."""

from __future__ import annotations

from urllib.parse import unquote

from django.urls import URLPattern, path, register_converter

from traces.views import (
    access_log,
    accounts,
    analytics,
    approval_policies,
    approvals,
    budget_policies,
    bundle_file,
    bundles,
    candidates,
    compare,
    control,
    counterfactual,
    decision,
    disclosure,
    figures,
    frontier,
    graveyard,
    health,
    keys,
    language,
    ledger,
    node,
    node_pieces,
    notes,
    palette,
    patterns,
    people,
    playback,
    policies,
    prices,
    project_retention,
    projects,
    receipts,
    replays,
    retention,
    review,
    run_list,
    runs,
    saved_views,
    selfcheck,
    sessions,
    strategy,
    tree,
    verifier_figures,
    verifiers,
)
from traces.views.access import View

DOTS = {".", ".."}


class ForeignIdConverter:
    """An id of a node or session, as its source wrote it, as one segment of an address.

    Ids are words of others. Written as they are, `../../…` would be a way to any other page, for a browser resolves
    dots before it asks. So what has a meaning in a path is escaped here, and again by `reverse`.
    """

    regex = ".+"

    def to_python(self, value: str) -> str:
        """The id; one that was written by hand may hold plain slashes."""
        return unquote(value)

    def to_url(self, value: str) -> str:
        """The segment."""
        escaped = value.replace("%", "%25").replace("/", "%2F")
        return escaped.replace(".", "%2E") if escaped in DOTS else escaped


register_converter(ForeignIdConverter, "foreign_id")


def figure_addresses(name: str, drawing: View) -> list[URLPattern]:
    """A figure to be drawn, its table, and its data for a spreadsheet."""
    base, which = f"runs/<uuid:run_id>/figures/{name}", {"name": name}
    return [
        path(base, drawing, which, name=f"figure-{name}"),
        path(f"{base}/table", figures.table, which, name=f"figure-{name}-table"),
        path(f"{base}.csv", figures.spreadsheet, which, name=f"figure-{name}-csv"),
    ]


def verifier_figure(figure: str) -> list[URLPattern]:
    """A figure of a verifier, its table, and its data for a spreadsheet."""
    base, which = f"verifier-figures/<foreign_id:name>/{figure}", {"figure": figure}
    return [
        path(base, verifier_figures.drawing, which, name=f"verifier-{figure}"),
        path(f"{base}/table", verifier_figures.table, which, name=f"verifier-{figure}-table"),
        path(f"{base}.csv", verifier_figures.spreadsheet, which, name=f"verifier-{figure}-csv"),
    ]


urlpatterns = [
    path("", run_list.run_list, name="runs"),
    path("runs/rows", run_list.run_rows, name="run-rows"),
    path("frontier", frontier.frontier, name="frontier"),
    path("frontier/points", frontier.drawing, name="frontier-points"),
    path("frontier/points/table", frontier.table, name="frontier-table"),
    path("frontier/points.csv", frontier.spreadsheet, name="frontier-csv"),
    path("palette", palette.palette, name="palette"),
    path("views", saved_views.views, name="keep-view"),
    path("views/<int:view_id>/drop", saved_views.drop, name="drop-view"),
    path("runs/<uuid:run_id>", runs.run_detail, name="run"),
    path("runs/<uuid:run_id>/header", runs.run_header, name="run-header"),
    path("runs/<uuid:run_id>/strategy", strategy.strategy, name="run-strategy"),
    path("runs/<uuid:run_id>/notes", notes.notes, name="run-notes"),
    path("runs/<uuid:run_id>/notes/<str:note_id>", notes.note, name="note"),
    path("runs/<uuid:run_id>/node-notes/<foreign_id:node_id>", notes.on_node, name="node-notes"),
    path("runs/<uuid:run_id>/disclosure", disclosure.disclosure, name="run-disclosure"),
    path("runs/<uuid:run_id>/retention", retention.retention, name="run-retention"),
    path("runs/<uuid:run_id>/review", review.review, name="run-review"),
    path("runs/<uuid:run_id>/sign-off", review.signing, name="run-sign-off"),
    path("runs/<uuid:run_id>/receipts/<int:seq>", receipts.receipt, name="receipt"),
    path("runs/<uuid:run_id>/ledger", ledger.ledger, name="run-ledger"),
    path("runs/<uuid:run_id>/ledger/check", ledger.checks, name="run-ledger-check"),
    path("runs/<uuid:run_id>/ledger/<int:seq>", ledger.entry, name="ledger-entry"),
    path("runs/<uuid:run_id>/checkpoints/<int:size>", ledger.checkpoint, name="checkpoint"),
    path("runs/<uuid:run_id>/control", control.control_bar, name="run-control"),
    path("runs/<uuid:run_id>/control/<slug:kind>", control.command, name="run-command"),
    path("runs/<uuid:run_id>/verdicts", runs.run_verdicts, name="run-verdicts"),
    path("approvals", approvals.approvals, name="approvals"),
    path("approvals/queue", approvals.queue, name="approvals-queue"),
    path("approvals/badge", approvals.badge, name="approvals-badge"),
    path("approvals/<uuid:approval_id>/decision", approvals.decision, name="approval-decision"),
    path("runs/<uuid:run_id>/candidates", candidates.candidates, name="run-candidates"),
    path("runs/<uuid:run_id>/candidates/compare", candidates.compare, name="compare-candidates"),
    path("analytics", analytics.analytics, name="analytics"),
    path("analytics/<slug:section>", analytics.section, name="analytics-section"),
    path("analytics/<slug:section>/runs", analytics.members, name="analytics-runs"),
    path("analytics/<slug:section>.csv", analytics.spreadsheet, name="analytics-csv"),
    path("analytics/<slug:section>/figure", analytics.drawing, name="analytics-figure"),
    path("analytics/<slug:section>/figure/table", analytics.table, name="analytics-figure-table"),
    path(
        "analytics/<slug:section>/figure.csv",
        analytics.figure_spreadsheet,
        name="analytics-figure-csv",
    ),
    path("compare", compare.compare, name="compare"),
    path("compare/head", compare.head, name="compare-head"),
    path("compare/lines", compare.lines, name="compare-lines"),
    path("compare/nodes", compare.nodes, name="compare-nodes"),
    path("runs/<uuid:run_id>/graveyard", graveyard.graveyard, name="run-graveyard"),
    path("runs/<uuid:run_id>/tree/bones", tree.bones, name="tree-bones"),
    path("runs/<uuid:run_id>/tree/growth", tree.growth, name="tree-growth"),
    path("runs/<uuid:run_id>/tree/rows", tree.rows, name="tree-rows"),
    path("runs/<uuid:run_id>/tree/search", tree.search, name="tree-search"),
    path("runs/<uuid:run_id>/not-received", tree.not_received, name="run-absent"),
    path("runs/<uuid:run_id>/outline", tree.outline, name="run-outline"),
    path("runs/<uuid:run_id>/nodes/<foreign_id:node_id>", node.node, name="node"),
    path("runs/<uuid:run_id>/mapping/<foreign_id:node_id>", node.mapping, name="node-mapping"),
    path(
        "runs/<uuid:run_id>/texts/<str:part>/<foreign_id:node_id>",
        node_pieces.text,
        name="node-text",
    ),
    path(
        "runs/<uuid:run_id>/folded/<str:part>/<foreign_id:node_id>",
        node_pieces.folded,
        name="node-folded",
    ),
    path(
        "runs/<uuid:run_id>/messages/<str:part>/<foreign_id:node_id>",
        node_pieces.messages,
        name="node-messages",
    ),
    path(
        "runs/<uuid:run_id>/entries/<foreign_id:node_id>",
        node_pieces.entries,
        name="node-entries",
    ),
    path("bundles", bundles.everywhere, name="bundles"),
    path("runs/<uuid:run_id>/bundles", bundles.of_run, name="run-bundles"),
    path("runs/<uuid:run_id>/bundles/list", bundles.list_of_run, name="run-bundle-list"),
    path("bundles/<uuid:bundle_id>/cancel", bundles.cancel, name="bundle-cancel"),
    path("bundles/<uuid:bundle_id>/link", bundles.share, name="bundle-share"),
    path("bundles/<uuid:bundle_id>/download", bundle_file.download, name="bundle-file"),
    path("bundles/by-link/<str:token>", bundle_file.by_link, name="bundle-link"),
    path("runs/<uuid:run_id>/replays", replays.of_run, name="run-replays"),
    path("runs/<uuid:run_id>/replays/list", replays.list_of_run, name="run-replay-list"),
    path("replays/<uuid:replay_id>/cancel", replays.cancel, name="replay-cancel"),
    path("runs/<uuid:run_id>/figures", figures.figures, name="run-figures"),
    *figure_addresses("cost", figures.drawing),
    *figure_addresses("search", figures.packed_drawing),
    *figure_addresses("flow", figures.drawing),
    *figure_addresses("spread", figures.drawing),
    path("runs/<uuid:run_id>/decision", decision.decision, name="run-decision"),
    path(
        "runs/<uuid:run_id>/counterfactual",
        counterfactual.counterfactual,
        name="run-counterfactual",
    ),
    *figure_addresses("counterfactual", figures.drawing),
    *figure_addresses("decision", figures.drawing),
    path("runs/<uuid:run_id>/playback", playback.playback, name="run-playback"),
    path("runs/<uuid:run_id>/playback/changes", playback.changes, name="playback-changes"),
    path("runs/<uuid:run_id>/playback/rows", playback.rows, name="playback-rows"),
    path("runs/<uuid:run_id>/playback/entry", playback.entry, name="playback-entry"),
    path("runs/<uuid:run_id>/playback/answer", playback.answer, name="playback-answer"),
    path("runs/<uuid:run_id>/timeline", figures.run_timeline, name="run-timeline"),
    *figure_addresses("timeline", figures.drawing),
    path("projects/<slug:slug>/sessions/<foreign_id:session_id>", sessions.session, name="session"),
    path(
        "projects/<slug:slug>/session-runs/<foreign_id:session_id>",
        sessions.session_runs,
        name="session-runs",
    ),
    path("projects/<slug:slug>/prices", prices.prices, name="prices"),
    path("projects/<slug:slug>/prices/<int:override_id>/end", prices.end, name="end-price"),
    path("verifiers", verifiers.verifiers, name="verifiers"),
    path("verifiers/<foreign_id:name>", verifiers.verifier, name="verifier"),
    path("verifier-nodes/<foreign_id:name>", verifiers.nodes, name="verifier-nodes"),
    *verifier_figure("reliability"),
    *verifier_figure("best-of-n"),
    path("policies", projects.policies, name="any-policies"),
    path("projects/<slug:slug>/policies", policies.policies, name="policies"),
    path(
        "projects/<slug:slug>/policies/approvals",
        approval_policies.put,
        name="put-approval-policy",
    ),
    path(
        "projects/<slug:slug>/policies/approvals/<slug:name>/<int:version>/end",
        approval_policies.end,
        name="end-approval-policy",
    ),
    path("projects/<slug:slug>/policies/budgets", budget_policies.put, name="put-budget-policy"),
    path(
        "projects/<slug:slug>/policies/budgets/<slug:name>/<int:version>/end",
        budget_policies.end,
        name="end-budget-policy",
    ),
    path("projects/<slug:slug>/retention", project_retention.retention, name="project-retention"),
    path("projects/<slug:slug>/access", access_log.access_log, name="access-log"),
    path("keys", projects.keys, name="any-keys"),
    path("projects/<slug:slug>/keys", keys.keys, name="keys"),
    path("projects/<slug:slug>/keys/made", keys.make, name="make-key"),
    path("projects/<slug:slug>/keys/<int:key_id>/end", keys.end, name="end-key"),
    path("projects/<slug:slug>/people", people.give, name="give-role"),
    path("sign-in", accounts.sign_in, name="sign-in"),
    path("sign-in/<str:token>", accounts.sign_in_local, name="sign-in-local"),
    path("sign-out", accounts.sign_out, name="sign-out"),
    path("language", language.language, name="language"),
    path("health", health.health, name="health"),
    path("selfcheck", selfcheck.selfcheck, name="selfcheck"),
    path("patterns", patterns.patterns, name="patterns"),
]
