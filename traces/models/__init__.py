"""Tables and constraints, nothing clever.

Projections of the ledger, but for the ledger itself, its checkpoints, the instance's log, leases, reservations, prices,
policies, saved views, webhooks, ledger checks, checks of runs, bundles, runners, replays and
access.
"""

from traces.models.access import ApiKey, Membership, Project, RoleChange
from traces.models.access_tally import AccessTally
from traces.models.approval import Approval, Decision
from traces.models.approval_policy import ApprovalPolicy
from traces.models.budget_policy import BudgetPolicy
from traces.models.bundle import Bundle
from traces.models.candidate import Candidate
from traces.models.checkpoint import Checkpoint, Sealing
from traces.models.command import Command
from traces.models.divergence import Divergence
from traces.models.draw import Draw
from traces.models.edge import Edge
from traces.models.foreign_run import ForeignRun
from traces.models.hold import Hold
from traces.models.instance_log import InstanceEntry, InstanceLog
from traces.models.lease import Lease
from traces.models.ledger import LedgerEntry, LedgerPart
from traces.models.ledger_check import LedgerCheck
from traces.models.legal_hold import LegalHold, ProjectHold, RemovalRequest
from traces.models.link import Link
from traces.models.node import Node
from traces.models.price_override import PriceOverride
from traces.models.remark import Remark
from traces.models.removal import Removal
from traces.models.replay import Replay
from traces.models.reservation import Reservation, SharedSpend
from traces.models.resource import Resource
from traces.models.response import Response
from traces.models.retention_policy import ExpiredRun, RetentionPolicy
from traces.models.run import Run
from traces.models.run_check import RunCheck
from traces.models.runner import Runner
from traces.models.saved_view import SavedView
from traces.models.selfcheck import Selfcheck
from traces.models.time_stamp import Stamping, TimeStamp
from traces.models.verdict import DistantVerdict, Verdict
from traces.models.webhook import Delivery, Webhook

__all__ = [
    "AccessTally",
    "ApiKey",
    "Approval",
    "ApprovalPolicy",
    "BudgetPolicy",
    "Bundle",
    "Candidate",
    "Checkpoint",
    "Command",
    "Decision",
    "Delivery",
    "DistantVerdict",
    "Divergence",
    "Draw",
    "Edge",
    "ExpiredRun",
    "ForeignRun",
    "Hold",
    "InstanceEntry",
    "InstanceLog",
    "Lease",
    "LedgerCheck",
    "LedgerEntry",
    "LedgerPart",
    "LegalHold",
    "Link",
    "Membership",
    "Node",
    "PriceOverride",
    "Project",
    "ProjectHold",
    "Remark",
    "Removal",
    "RemovalRequest",
    "Replay",
    "Reservation",
    "Resource",
    "Response",
    "RetentionPolicy",
    "RoleChange",
    "Run",
    "RunCheck",
    "Runner",
    "SavedView",
    "Sealing",
    "Selfcheck",
    "SharedSpend",
    "Stamping",
    "TimeStamp",
    "Verdict",
    "Webhook",
]
