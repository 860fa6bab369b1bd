"""The tree of a run as the browser and the API are given it."""

from __future__ import annotations

import time
from decimal import Decimal

import orjson
import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    Event,
    FateDecided,
    NodeScored,
    VerdictGiven,
)
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    DiscardReason,
    Fate,
    NodeKind,
    NodeStatus,
    Usage,
    VerdictOutcome,
)
from tests.integration.build import (
    NOW_NS,
    ended,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
    started,
)
from traces.queries import columns
from traces.queries.access import NotVisible, Viewer
from traces.queries.runs import get_run
from traces.queries.tree import get_bones, get_rows, list_nodes, preorder


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def call(run: str, node: str, parent: str | None, tokens: int, cost: str) -> Event:
    return observed(
        run, node, parent=parent, node_kind=NodeKind.MODEL_CALL, status=NodeStatus.OK,
        usage=Usage(input=tokens, output=1),
        cost=Cost(amount=Decimal(cost), provenance=CostProvenance.PRICED),
    )  # fmt: skip


def small_tree() -> str:
    run = new_run()
    put_on_record(
        make_project(),
        observed(run, "root", started_at=NOW_NS, node_kind=NodeKind.AGENT, usage=Usage(input=999)),
        call(run, "left", "root", 10, "0.10"),
        call(run, "under left", "left", 20, "0.000000000000000001"),
        call(run, "right", "root", 30, "0.20"),
        started(run, "late", parent="never came", at=NOW_NS + 5_000),
        ended(run, "bad", parent="right", status=NodeStatus.ERROR, error="broken"),
        make_event(FateDecided, run, node="left", fate=Fate.DISCARDED, by="beam", value=1.0,
                   cutoff=2.0, rank=3, reason=DiscardReason.PRUNED_LOW_VALUE),
        make_event(CandidateProposed, run, node="right", answer="42"),
        make_event(VerdictGiven, run, node="right", verifier="v", outcome=VerdictOutcome.ACCEPT),
        make_event(AnswerSelected, run, node="right"),
    )  # fmt: skip
    return run


def test_it_works(viewer: Viewer) -> None:
    run = small_tree()
    bones = get_bones(who=viewer, run_id=run)
    sent, names = bones.columns, bones.names
    assert sent["ordinal"] == [0, 1, 2, 3, 4, 5, 6]
    assert sent["parent"] == [-1, -1, 1, 2, 1, 0, 4]
    assert [names["kind"][kind] for kind in sent["kind"]] == [
        "not_received", "agent", "model_call", "model_call", "model_call", "step", "step",
    ]  # fmt: skip
    assert [names["fate"][fate] for fate in sent["fate"][1:]] == [
        "open", "discarded", "open", "selected", "open", "failed",
    ]  # fmt: skip
    assert sent["reason"] == [-1, -1, 0, -1, -1, -1, -1]
    assert names["reason"] == ["pruned_low_value"]
    assert sent["verdict"] == [-1, -1, -1, -1, 0, -1, -1]
    assert (sent["verifier"], names["verifier"]) == ([-1, -1, -1, -1, 0, -1, -1], ["v"])
    assert sent["cost"] == [None, None, 100_000, 0, 200_000, None, None]
    assert sent["tokens"] == [None, None, 11, 21, 31, None, None]
    assert sent["flags"] == [0, 0, 16, 0, 4 | 8, 2, 1]
    assert (sent["start"][0], sent["start"][1], sent["start"][5]) == (5, 0, 5)
    assert orjson.loads(bones.to_json())["columns"] == sent


def test_what_runs_and_what_failed_is_marked_before_anything_is_chosen(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(
        make_project(), started(run, "a"), ended(run, "b", status=NodeStatus.ERROR, error="broken")
    )
    assert get_bones(who=viewer, run_id=run).columns["flags"] == [2, 1]


def test_only_what_changed_after_a_seq_is_sent_again(viewer: Viewer) -> None:
    run = small_tree()
    before = get_bones(who=viewer, run_id=run)
    put_on_record(make_project(), observed(run, "never came"), observed(run, "root", name="n"))
    piece = get_bones(who=viewer, run_id=run, after=before.seq)
    changed = dict(zip(piece.columns["ordinal"], piece.columns["parent"], strict=True))
    assert changed == {1: -1, 5: before.seq + 1, before.seq + 1: -1}
    assert (piece.after, piece.seq) == (before.seq, before.seq + 2)
    whole = get_bones(who=viewer, run_id=run)
    assert whole.columns["ordinal"] == [1, 2, 3, 4, 5, 6, before.seq + 1]


def test_rows_carry_the_sums_of_their_branches_and_their_verdicts(viewer: Viewer) -> None:
    run = small_tree()
    root, right, left = get_rows(who=viewer, run_id=run, ordinals=[1, 4, 2])
    assert root.subtree.nodes == 5
    assert root.subtree.cost == Decimal("0.300000000000000001")
    assert (root.subtree.tokens, root.usage.input) == (63, 999)
    assert [(v.verifier, v.outcome) for v in right.verdicts] == [("v", "accept")]
    assert (left.fate, left.fate_reason, left.fate_by) == ("discarded", "pruned_low_value", "beam")
    assert (left.value, left.cutoff, left.rank, left.cost) == (1.0, 2.0, 3, Decimal("0.10"))


def test_rows_that_are_not_there_are_left_out(viewer: Viewer) -> None:
    assert get_rows(who=viewer, run_id=small_tree(), ordinals=[0, -1, 99, 2**62]) == []


def test_a_score_is_shown_with_its_scale(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(
        make_project(),
        make_event(NodeScored, run, node="a", value=0.5, scale_min=0.0, scale_max=1.0, visits=3),
    )
    (row,) = get_rows(who=viewer, run_id=run, ordinals=[1])
    assert (row.value, row.value_scale, row.visits) == (0.5, "0 to 1", 3)


def test_the_outline_has_every_node_once_in_order(viewer: Viewer) -> None:
    run = small_tree()
    lines = preorder(get_bones(who=viewer, run_id=run))
    assert [(line.ordinal, line.level) for line in lines] == [
        (1, 1), (2, 2), (3, 3), (4, 2), (6, 3), (0, 1), (5, 2),
    ]  # fmt: skip


def test_pages_of_nodes_join_into_the_pre_order(viewer: Viewer) -> None:
    run = small_tree()
    seen, after = [], None
    while True:
        page = list_nodes(who=viewer, run_id=run, after=after, limit=2)
        seen += [(row.node_id, row.depth, row.order, row.is_orphan) for row in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [
        ("root", 0, 0, False),
        ("left", 1, 1, False),
        ("under left", 2, 2, False),
        ("right", 1, 3, False),
        ("bad", 2, 4, False),
        ("late", 0, 5, True),
    ]


def test_a_cursor_that_is_no_node_is_not_there(viewer: Viewer) -> None:
    with pytest.raises(NotVisible):
        list_nodes(who=viewer, run_id=small_tree(), after="nobody\x00")


def test_parents_in_a_ring_are_all_shown(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(
        make_project(),
        observed(run, "a", parent="b"), observed(run, "b", parent="a"), observed(run, "c", parent="a"),
    )  # fmt: skip
    page = list_nodes(who=viewer, run_id=run)
    assert sorted(row.node_id for row in page.items) == ["a", "b", "c"]


def test_whole_branches_under_discarded_nodes_are_counted_once(viewer: Viewer) -> None:
    run = small_tree()
    put_on_record(
        make_project(), make_event(FateDecided, run, node="under left", fate=Fate.DISCARDED)
    )
    discarded = get_run(who=viewer, run_id=run).discarded
    assert (discarded.nodes, discarded.tokens) == (2, 32)
    assert discarded.node_ratio == pytest.approx(2 / 6)
    assert discarded.cost == Decimal("0.100000000000000001")


def test_in_a_large_tree_that_grows_only_the_sums_of_branches_lag(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "LARGE_NODES", -1)
    monkeypatch.setattr(columns, "RESTS", 10**9)
    run = small_tree()
    before = get_bones(who=viewer, run_id=run)
    put_on_record(
        make_project(), call(run, "new", "right", 7, "1"), observed(run, "root", name="renamed")
    )
    root, new = get_rows(who=viewer, run_id=run, ordinals=[1, before.seq + 1])
    assert (root.name, root.subtree.nodes) == ("renamed", 5)
    assert (new.node_id, new.depth, new.subtree.nodes, new.subtree.cost) == (
        "new",
        2,
        1,
        Decimal(1),
    )
    assert get_bones(who=viewer, run_id=run).seq == before.seq
    assert len(list_nodes(who=viewer, run_id=run).items) == 7
    assert get_rows(who=viewer, run_id=run, ordinals=[1])[0].subtree.nodes == 6


def test_who_judged_a_node_comes_with_the_verdict_that_changed_it(viewer: Viewer) -> None:
    run = small_tree()
    before = get_bones(who=viewer, run_id=run)
    put_on_record(
        make_project(),
        make_event(VerdictGiven, run, node="right", verifier="a", outcome=VerdictOutcome.REJECT),
    )
    piece = get_bones(who=viewer, run_id=run, after=before.seq)
    assert [piece.names["verifier"][at] for at in piece.columns["verifier"] if at >= 0] == [
        "a\x1fv"
    ]
    whole = get_bones(who=viewer, run_id=run)
    assert whole.names["verifier"] == ["a\x1fv"]


def test_twenty_thousand_nodes_are_read_in_seconds(viewer: Viewer) -> None:
    run, count = new_run(), 20_000
    put_on_record(
        make_project(),
        *(observed(run, f"n{n}", parent=f"n{n // 7}" if n else None) for n in range(count)),
    )
    begun = time.process_time()
    bones = get_bones(who=viewer, run_id=run)
    assert len(bones.columns["ordinal"]) == count
    assert (
        time.process_time() - begun < 5
    )  # of our CPU: a fifth of a second where nothing else runs
