"""From level to verdict to fate: what goes in comes out."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from traces.figures.flow import flow_figure
from traces.queries.flows import LEVELS_APART, Flow

VERDICTS = [None, "accept", "reject"]
FATES = ["discarded", "selected"]


def flow(depth: int, verdict: str | None, fate: str, nodes: int) -> Flow:
    return Flow(depth=depth, verdict=verdict, fate=fate, nodes=nodes)


def test_it_works() -> None:
    figure = flow_figure([flow(0, None, "open", 1), flow(1, "reject", "discarded", 3)])
    (trace,) = figure["data"]
    assert list(trace["link"]["value"]) == [1, 3, 1, 3]
    assert trace["meta"]["link_roles"] == ["not judged", "reject", "open", "discarded"]
    assert figure["said"] == (
        "4 nodes. By their latest verdict: 3 reject, 1 not judged. By their fate: 3 discarded, 1 open."
    )


def test_the_deepest_levels_stand_together() -> None:
    (trace,) = flow_figure([flow(LEVELS_APART, None, "open", 1)])["data"]
    assert trace["node"]["label"][0] == f"level {LEVELS_APART} and deeper"


def test_no_node_is_a_sentence() -> None:
    assert flow_figure([])["empty"] == "No node is recorded."


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.sampled_from(VERDICTS), st.sampled_from(FATES)),
        st.integers(1, 9),
        min_size=1,
    )
)
def test_what_flows_into_a_verdict_flows_out_of_it(
    counts: dict[tuple[int, str | None, str], int],
) -> None:
    (trace,) = flow_figure([flow(*key, nodes) for key, nodes in counts.items()])["data"]
    link = trace["link"]
    into, out_of = Counter[int](), Counter[int]()
    for source, target, value in zip(link["source"], link["target"], link["value"], strict=True):
        out_of[source] += value
        into[target] += value
    middle = set(into) & set(out_of)
    assert {each: into[each] for each in middle} == {each: out_of[each] for each in middle}
    assert sum(into[each] for each in middle) == sum(counts.values())
