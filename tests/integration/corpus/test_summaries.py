"""What 39 public clients recorded comes to what an independent program counted in it."""

from __future__ import annotations

from collections import Counter
from fnmatch import filter as fnmatch_filter

import pytest

from tests.integration.corpus.differences import PAGE, differences, differences_of
from tests.integration.corpus.facts import counted, spans_of, told
from tests.integration.corpus.replay import replay
from tests.unit.wire.recordings import CLIENTS, recorded, summary

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("client", CLIENTS)
def test_a_recording_comes_to_what_its_summary_says(client: str) -> None:
    spans = spans_of(client)
    expected = counted(summary(client), spans.values())
    found = told(replay(client, list(recorded(client))), spans)
    assert found.traces == expected.traces
    counts = Counter(expected.counts)
    for fact, theirs, ours in differences_of(client):
        assert counts[fact] == theirs, f"{PAGE.name} does not tell what the summary says"
        counts[fact] = ours
    assert +found.counts == +counts


def test_each_written_difference_is_one_and_is_of_recorded_clients() -> None:
    written = differences()
    assert all(fnmatch_filter(CLIENTS, client) for client in written)
    assert all(each.theirs != each.ours for rows in written.values() for each in rows)
    table = PAGE.read_text().partition("## Where we differ")[2].partition("\n1. ")[0]
    assert table.count("\n| ") == sum(map(len, written.values())) + 1
