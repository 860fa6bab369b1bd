"""An operator's hands on the examples: they pause, go on, stop, and hear what is said to them."""

from __future__ import annotations

import time
from email import message_from_bytes

import pytest

from arithmetic import evaluate
from deliberation.vocabulary import CommandStage, ObservedState
from tests.sdk.examples.performing import begin
from tests.sdk.waiting import wait_until


def run_of(server, number: int = 1) -> str:
    """The id of the n-th run that the program began, once it listens."""
    wait_until(lambda: len(server.of("run.started")) >= number)
    run = server.of("run.started")[-1].run
    server.wait_for(run)
    return run


@pytest.mark.parametrize("program", ["beam_search", "mcts", "best_of_n", "agent"])
def test_stopped_it_ends_its_run_as_cancelled_and_leaves(server, program):
    with begin(server, program, "--pace", "0.1") as process:
        run = run_of(server)
        wait_until(lambda: len(server.of("node.started")) > 3)
        command = server.stop(run, reason="seen enough")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-1] == "Stopped: seen enough"
    (ended,) = server.of("run.ended")
    assert (ended.state.value, ended.stop_reason) == ("cancelled", "stopped: operator")
    assert command.stage is CommandStage.APPLIED


def test_a_tree_search_that_is_stopped_returns_the_best_so_far(server):
    puzzle = ("--numbers", "2,8,8,12", "--iterations", "100000")
    with begin(server, "mcts", "--pace", "0.01", *puzzle) as process:
        run = run_of(server)
        wait_until(lambda: server.of("candidate.proposed"), 60)
        server.stop(run)
        process.communicate(timeout=60)
    (ended,) = server.of("run.ended")
    assert ended.state.value == "cancelled"
    assert evaluate(ended.answer).value == 24
    assert server.of("answer.selected")


def is_still(server) -> bool:
    before = len(server.of("node.started"))
    time.sleep(0.5)
    return len(server.of("node.started")) == before


@pytest.mark.parametrize("program", ["mcts", "best_of_n"])
def test_paused_nothing_happens_until_it_is_resumed(server, program):
    with begin(server, program, "--pace", "0.1") as process:
        run = run_of(server)
        server.pause(run, reason="let me look")
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        # What was reported before may be on its way; who goes on reports ten times a second.
        wait_until(lambda: is_still(server))
        before = len(server.of("node.started"))
        server.resume(run)
        wait_until(lambda: len(server.of("node.started")) > before + 2)
        server.stop(run)
        process.communicate(timeout=60)
    assert ObservedState.PAUSED in server.control_of(run).states


def test_forever_a_run_that_was_stopped_is_followed_by_the_next(server):
    with begin(server, "mcts", "--pace", "0.1", "--forever", "--rest", "0.1") as process:
        first = run_of(server)
        server.stop(first)
        second = run_of(server, 2)
        assert second != first
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_the_agent_mails_to_whom_an_operator_names(server, tmp_path):
    with begin(server, "agent", "--pace", "0.1", "--outbox", str(tmp_path)) as process:
        run = run_of(server)
        server.decide_all("approve")
        command = server.steer(run, "Send it to bob@example.org, please.")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "An operator says: Send it to bob@example.org, please." in out
    (mail,) = tmp_path.iterdir()
    assert message_from_bytes(mail.read_bytes())["To"] == "bob@example.org"
    (said,) = [event for event in server.of("node.started") if event.name == "An operator says"]
    assert said.text == "Send it to bob@example.org, please."
    assert command.stage is CommandStage.APPLIED


def test_the_agent_waits_for_its_mail_to_be_approved_and_a_refused_one_is_not_sent(
    server, tmp_path
):
    outbox = tmp_path / "outbox"
    with begin(server, "agent", "--outbox", str(outbox)) as process:
        run = run_of(server)
        wait_until(lambda: ObservedState.AWAITING_APPROVAL in server.control_of(run).states, 30)
        approval = server.reject(run, "Not to them.")
        assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0
    assert approval.action.tool == "send_email"
    assert not outbox.exists()
    (ended,) = server.of("run.ended")
    assert (ended.state, ended.stop_reason) == (
        ObservedState.COMPLETED,
        "the mail was not approved",
    )


def test_a_mail_goes_out_as_the_reviewer_changed_it(server, tmp_path):
    with begin(server, "agent", "--pace", "0", "--outbox", str(tmp_path)) as process:
        changed = {"to": "carol@example.org", "subject": "Changed", "text": "by a reviewer"}
        server.modify(run_of(server), changed, seconds=30)
        assert process.communicate(timeout=60)[1] == ""
    (mail,) = tmp_path.iterdir()
    message = message_from_bytes(mail.read_bytes())
    assert (message["To"], message["Subject"]) == ("carol@example.org", "Changed")
    assert message.get_payload().strip() == "by a reviewer"


def test_a_refusal_that_ends_the_run_leaves_the_outbox_empty_too(server, tmp_path):
    outbox = tmp_path / "outbox"
    with begin(server, "agent", "--pace", "0", "--outbox", str(outbox)) as process:
        server.terminate(run_of(server), "Enough.", seconds=30)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-1].startswith("Stopped")
    assert not outbox.exists()
    assert [event.state.value for event in server.of("run.ended")] == ["rejected"]
