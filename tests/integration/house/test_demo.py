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
        assert [event.state.value for event in ended] == ["completed"] * 6
        assert said.count("\n") == len({event.run for event in ended}) == 6
        played(server)
        assert (len(server.events), server.repeated) == (once, once)


def test_a_server_that_refuses_is_told_in_a_sentence() -> None:
    with fake.server() as server, pytest.raises(CommandError, match="did not report in full"):
        call_command("demo", url=server.url, key="not the key", stdout=StringIO())


def test_without_a_server_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSPECTOR_URL", raising=False)
    with pytest.raises(CommandError, match=r"local\.env"):
        call_command("demo", stdout=StringIO())
