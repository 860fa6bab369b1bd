"""What people decided about a run, in the order in which they did: who, when, what, and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext

from traces.queries.access import Who
from traces.queries.approvals import approvals_of_run
from traces.queries.commands import list_commands
from traces.queries.remarks import RemarkFilter, RemarkRow, list_remarks
from traces.queries.strategy import StrategyTold

AT_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsDecision:
    """One decision; `at_ns` in ns since 1970, `why` in their words where they are shown."""

    at_ns: int | None
    by: str
    what: str
    why: str | None


def list_decisions(*, who: Who, run_id: uuid.UUID, strategy: StrategyTold) -> list[PersonsDecision]:
    """Return what people decided, the earliest first. Raises NotVisible."""
    found = [
        *_of_approvals(who, run_id),
        *_of_commands(who, run_id),
        *_of_remarks(who, run_id),
    ]
    if strategy.set and strategy.set_by:
        what = gettext("said that the strategy was {strategy}").format(strategy=strategy.set)
        found.append(_decision(strategy.set_ns, strategy.set_by, what, strategy.set_reason))
    return sorted(found, key=lambda each: (each.at_ns is None, each.at_ns or 0))


def _of_approvals(who: Who, run_id: uuid.UUID) -> list[PersonsDecision]:
    return [
        _decision(
            each.decided_ns,
            each.by,
            gettext("{decision}: the use of {tool}").format(
                decision=each.decision, tool=approval.tool
            ),
            each.reason,
        )
        for approval in approvals_of_run(who=who, run_id=run_id)
        for each in approval.decisions
    ]


def _of_commands(who: Who, run_id: uuid.UUID) -> list[PersonsDecision]:
    page = list_commands(who=who, run_id=run_id, limit=AT_MOST)
    return [
        _decision(
            min(each.times.values(), default=None),
            each.by,
            gettext("asked to {command} the run: {stage}").format(
                command=each.kind.value.replace("_", " "), stage=each.stage.value
            ),
            each.reason,
        )
        for each in page.items
    ]


def _of_remarks(who: Who, run_id: uuid.UUID) -> list[PersonsDecision]:
    page = list_remarks(who=who, run_id=run_id, filters=RemarkFilter(), cursor=None, limit=AT_MOST)
    return [_decision(each.said_ns, each.by, _said(each), each.text) for each in page.items]


def _said(remark: RemarkRow) -> str:
    words = {
        "note": gettext("left a note"),
        "tags": gettext("changed the tags"),
        "rating": gettext("rated it: {value}"),
        "sign_off": gettext("signed it off, with its first {size} entries: {value}"),
    }
    said = words.get(remark.kind, remark.kind)
    return said.format(value=remark.value or gettext("taken back"), size=remark.seen_size)


def _decision(at_ns: int | None, by: str, what: str, why: str | None) -> PersonsDecision:
    return PersonsDecision(at_ns=at_ns, by=by, what=what, why=why)
