"""The agent gets there, takes its wrong turns, and stays in its folder."""

from __future__ import annotations

from decimal import Decimal
from email import message_from_bytes

import pytest

import agent
from office import TREASURER, Office, make_case, read_receipts
from stage import Stage
from tests.sdk.examples.reported import of, reasons


def right_answer(stage: Stage, folder) -> str:
    case = make_case(stage.chance("case"))
    office = Office(folder, folder)
    office.open(case, stage.chance("office"))
    text = office.read_file(f"expenses-{case.month}.csv")
    once = {each.number: each.amount for each in read_receipts(text) if case.is_about(each)}
    return f"{sum(once.values(), Decimal(0)):.2f}"


@pytest.mark.parametrize("seed", range(5))
def test_it_works(play, tmp_path, seed):
    events = play(agent, tmp_path / "outbox", stage=Stage(seed=seed))
    (ended,) = of(events, "run.ended")
    assert ended.answer == right_answer(Stage(seed=seed), tmp_path)
    (verdict,) = of(events, "verdict.given")
    assert (verdict.outcome.value, verdict.checks_passed, verdict.checks_total) == ("accept", 2, 2)
    (mail,) = (tmp_path / "outbox").iterdir()
    message = message_from_bytes(mail.read_bytes())
    assert message["To"] == TREASURER
    assert ended.answer in message.get_payload()


def test_it_retries_what_failed_asks_twice_and_corrects_itself(play):
    events = play(agent)
    assert set(reasons(events)) == {"dead_end", "duplicate", "superseded"}
    edges = {edge.edge.value: edge for edge in of(events, "edge.drawn")}
    assert edges.keys() == {"retries", "verifies", "revises"}
    failed = next(e for e in of(events, "node.ended") if e.node == edges["retries"].target)
    assert "FileNotFoundError: there is no expenses_" in failed.error
    (selected,) = of(events, "answer.selected")
    assert (selected.node, selected.runner_up) == (edges["revises"].source, edges["revises"].target)


def test_each_tool_says_what_it_does_to_the_world(play, tmp_path):
    events = play(agent, tmp_path / "outbox")
    effects = {e.tool: e.side_effect.value for e in of(events, "node.started") if e.tool}
    assert effects.pop("send_email") == "irreversible"
    assert effects.pop("write_file") == "write"
    assert effects.pop("calculator") == "none"
    assert set(effects.values()) == {"read"}


def test_without_an_outbox_no_mail_is_sent_and_none_is_asked_for(play):
    events = play(agent)
    assert "mail" not in of(events, "run.started")[0].task
    assert "send_email" not in {e.tool for e in of(events, "node.started")}


def test_the_tools_stay_in_their_folder(tmp_path):
    office = Office(tmp_path / "folder", tmp_path / "outbox")
    with pytest.raises(PermissionError):
        office.read_file("../secret")
    with pytest.raises(PermissionError):
        office.write_file("/etc/passwd", "")
