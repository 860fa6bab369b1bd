"""The demo is the SDK's examples, played through the public door."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from deliberation import fake
from tests.integration.local.instances import TREE


@pytest.fixture(autouse=True)
def sdk_of_this_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever tree's SDK is installed."""
    monkeypatch.setenv("PYTHONPATH", str(TREE / "sdk"))


def played(server: fake.Server) -> str:
    out = StringIO()
    call_command("demo", url=server.url, key=server.key, stdout=out)
    return out.getvalue()


def test_it_works_and_played_again_nothing_is_recorded_twice() -> None:
    with fake.server() as server:
        said = played(server)
        once = len(server.events)
        ended = server.of("run.ended")
        states = sorted(event.state.value for event in ended)
        assert states == ["completed"] * 6 + ["limit_exceeded"]
        assert said.count("/runs/") == len({event.run for event in ended}) == 7
        look_at_the_bounded_run(server)
        played(server)
        assert (len(server.events), server.repeated) == (once, once)


def look_at_the_bounded_run(server: fake.Server) -> None:
    """It ends at its limit and not above, and returns the best that it has by then."""
    (bounded,) = [each for each in server.of("run.ended") if each.state == "limit_exceeded"]
    begun = [each for each in server.of("node.started") if each.run == bounded.run]
    hits = [each for each in server.of("budget.hit") if each.run == bounded.run]
    assert len([each for each in begun if each.node_kind == "model_call"]) == 20
    assert [(each.which, each.spent) for each in hits] == [("soft", 14), ("hard", 20)]
    assert bounded.answer


def test_a_server_that_refuses_is_told_in_a_sentence() -> None:
    with fake.server() as server, pytest.raises(CommandError, match="did not report in full"):
        call_command("demo", url=server.url, key="not the key", stdout=StringIO())


def test_without_a_server_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSPECTOR_URL", raising=False)
    with pytest.raises(CommandError, match=r"local\.env"):
        call_command("demo", stdout=StringIO())
