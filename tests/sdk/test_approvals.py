"""Actions that wait for a person: nothing is done without a clear yes to exactly that."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time

import pytest

import deliberation as dl
from deliberation.client import begin_run
from deliberation.control import NotApproved, Stopped
from deliberation.vocabulary import ApprovalStatus, NodeStatus, ObservedState
from tests.sdk.waiting import wait_until as until

MAIL = {"to": "treasurer@example.org"}


def in_thread(act):
    """Let somebody act while the program waits."""
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def send(run, **more):
    """What every program here does; returns what the mail was sent with."""
    with run.tool("send_email", MAIL, side_effect="irreversible", **more) as tool:
        tool.finish(result="sent")
    return tool.arguments


def test_it_works(server, client):
    with begin_run(client, "mail it") as run:
        deciding = in_thread(lambda: server.approve(run, "go on"))
        assert send(run) == MAIL
        deciding.join()
    client.flush(30)
    assert ObservedState.AWAITING_APPROVAL in server.control_of(run).states
    (call,) = [each for each in server.of("node.ended") if each.output == "sent"]
    assert call.status is NodeStatus.OK


def test_what_is_refused_is_not_done_and_the_program_may_go_on(server, client):
    done = []
    with begin_run(client, "mail it") as run:
        deciding = in_thread(lambda: server.reject(run, "not to them"))
        with (
            pytest.raises(NotApproved) as caught,
            run.tool("send_email", MAIL, side_effect="irreversible"),
        ):
            done.append("sent")
        deciding.join()
        assert str(caught.value) == "rejected by user:fake: not to them"
        assert (caught.value.reason, caught.value.by) == ("not to them", "user:fake")
        with run.tool("look", side_effect="read"):
            done.append("looked")
    client.flush(30)
    assert done == ["looked"]
    (ended,) = server.of("run.ended")
    assert ended.state is ObservedState.COMPLETED
    statuses = [each.status for each in server.of("node.ended")]
    assert statuses == [NodeStatus.ERROR, NodeStatus.OK]


def test_a_reviewer_may_change_what_is_done(server, client):
    with begin_run(client, "mail it") as run:
        deciding = in_thread(lambda: server.modify(run, {"to": "a@example.org"}))
        assert send(run) == {"to": "a@example.org"}
        deciding.join()


def test_arguments_that_nobody_changed_are_the_very_ones(server, client):
    server.decide_all("approve")
    given = {"pair": (1, 2), "at": object()}
    with (
        begin_run(client, "do it") as run,
        run.tool("act", given, side_effect="irreversible") as tool,
    ):
        assert tool.arguments is given


def test_the_run_ends_with_an_action_that_ends_it(server, client):
    def program():
        with begin_run(client, "mail it") as run:
            in_thread(lambda: server.terminate(run, "enough"))
            send(run)

    with pytest.raises(Stopped) as caught:
        program()
    client.flush(30)
    assert caught.value.cause is dl.Cause.REJECTED
    (ended,) = server.of("run.ended")
    assert ended.state is ObservedState.REJECTED


def test_a_stop_ends_the_wait(server, client):
    def program():
        with begin_run(client, "mail it") as run:
            in_thread(lambda: until_waiting(server, run) and server.stop(run))
            send(run)

    with pytest.raises(Stopped):
        program()
    client.flush(30)
    (ended,) = server.of("run.ended")
    assert ended.state is ObservedState.CANCELLED


def until_waiting(server, run):
    server.wait_for(run)
    until(lambda: server.control_of(run).approvals.open)
    return True


def test_a_pause_that_comes_meanwhile_is_kept(server, client):
    done = []
    with begin_run(client, "mail it") as run:
        thread = in_thread(lambda: done.append(send(run)))
        until_waiting(server, run)
        server.pause(run)
        server.approve(run)
        time.sleep(0.2)
        assert done == []
        server.resume(run)
        thread.join(30)
        assert done == [MAIL]


def test_time_denies(server, client):
    with begin_run(client, "mail it") as run, pytest.raises(NotApproved) as caught:
        send(run, timeout=1)
    assert caught.value.status is ApprovalStatus.EXPIRED
    assert caught.value.by is None


def test_any_step_can_ask(server, client):
    with begin_run(client, "publish") as run:
        deciding = in_thread(lambda: server.approve(run))
        with run.approval("publish", {"version": 3}, risk="high") as step:
            assert step.arguments == {"version": 3}
        deciding.join()
    client.flush(30)
    (started,) = server.of("node.started")
    assert started.node_kind is dl.NodeKind.APPROVAL


@pytest.mark.parametrize("effect", ["none", "read", "write", None])
def test_what_can_be_taken_back_asks_nobody(server, client, effect):
    with begin_run(client, "work") as run, run.tool("act", MAIL, side_effect=effect) as tool:
        tool.finish(result="done")
    assert not [each for each in server.requests if each.path.endswith("/approvals")]


def test_an_effect_in_no_word_of_ours_may_be_anything(server, client):
    with begin_run(client, "work") as run:
        deciding = in_thread(lambda: server.reject(run))
        with pytest.raises(NotApproved), run.tool("act", side_effect="irreversable"):
            pass
        deciding.join()


def test_what_the_project_asks_about_waits(server, client):
    server.controls.rules = [{"tool": "bash", "side_effect": None, "risk": None}]
    server.decide_all("reject")
    with begin_run(client, "work") as run:
        server.wait_for(run)
        until(lambda: run.gate.ear.rules)
        with run.tool("bash_session"):
            pass
        with pytest.raises(NotApproved), run.tool("bash"):
            pass


def test_a_first_write_waits_to_hear_whether_it_is_asked_about(server, client, monkeypatch):
    monkeypatch.setattr("deliberation.client.asked.FIRST_WORD_SECONDS", 30.0)
    server.controls.rules = [{"tool": None, "side_effect": "write", "risk": None}]
    server.decide_all("reject")
    with (
        begin_run(client, "work") as run,
        pytest.raises(NotApproved),
        run.tool("write_file", side_effect="write"),
    ):
        pass


def test_without_an_inspector_nobody_is_asked(make_client):
    client = make_client(url=None)
    with begin_run(client, "mail it") as run:
        assert send(run) == MAIL
        with run.approval("publish"):
            pass


def test_an_inspector_that_cannot_be_reached_denies(make_client, monkeypatch):
    monkeypatch.setattr("deliberation.client.inquiry.TRY_SECONDS", 0.3)
    monkeypatch.setattr("deliberation.client.question.ATTACH_SECONDS", 0.2)
    client = make_client(url="http://127.0.0.1:9", exit_seconds=0.1)
    with begin_run(client, "mail it") as run, pytest.raises(NotApproved) as caught:
        send(run)
    assert "cannot be reached" in str(caught.value)


def test_a_server_that_goes_away_while_it_is_waited_for_denies_after_the_lease(server, make_client):
    server.controls.lease_seconds = 1
    client = make_client(lease_seconds=1, exit_seconds=0.1)
    with begin_run(client, "mail it") as run:
        in_thread(lambda: until_waiting(server, run) and server.go_away())
        with pytest.raises(NotApproved) as caught:
            send(run)
    assert "not been heard of" in str(caught.value)


def test_a_permit_for_another_action_is_none(server, client, monkeypatch):
    from deliberation.fake.approval import Approval

    plain = Approval.plain
    monkeypatch.setattr(Approval, "plain", lambda self: {**plain(self), "permit_digest": "0" * 64})
    server.decide_all("approve")
    with begin_run(client, "mail it") as run, pytest.raises(NotApproved) as caught:
        send(run)
    assert "another action" in str(caught.value)


def test_a_permit_that_was_used_is_none(server, client, monkeypatch):
    server.decide_all("approve")
    monkeypatch.setattr(
        "deliberation.fake.approval.Approvals.consume",
        lambda self, approval, said: (409, {"detail": "the permit was used already"}),
    )
    with begin_run(client, "mail it") as run, pytest.raises(NotApproved) as caught:
        send(run)
    assert "used already" in str(caught.value)


def test_two_that_wait_at_once_have_an_answer_each(server, client):
    seen = {}

    def act(run, name):
        try:
            with run.tool("act", {"name": name}, side_effect="irreversible"):
                seen[name] = "done"
        except NotApproved:
            seen[name] = "refused"

    with begin_run(client, "work") as run:
        threads = [in_thread(lambda name=name: act(run, name)) for name in "ab"]
        until(lambda: run.id in server.controls.runs)
        until(lambda: len(server.control_of(run).approvals.open) == 2)
        first = server.approve(run)
        second = server.reject(run)
        for thread in threads:
            thread.join(30)
    assert seen[_name(first)] == "done"
    assert seen[_name(second)] == "refused"


def _name(approval):
    return approval.action.arguments[9]


def test_a_task_waits_without_holding_up_its_loop(server, client):
    async def program():
        ticks = 0
        async with begin_run(client, "mail it") as run:

            async def tick():
                nonlocal ticks
                while True:
                    ticks += 1
                    if ticks == 10:
                        in_thread(lambda: server.approve(run))
                    await asyncio.sleep(0.01)

            ticking = asyncio.create_task(tick())
            async with run.tool("send_email", MAIL, side_effect="irreversible") as tool:
                tool.finish(result="sent")
            ticking.cancel()
            in_thread(lambda: server.reject(run))
            with pytest.raises(NotApproved):
                await run.approval("publish").__aenter__()
        return ticks

    assert asyncio.run(program()) >= 10


def test_a_task_that_waits_hears_a_stop(server, client):
    async def program():
        async with begin_run(client, "mail it") as run:
            in_thread(lambda: until_waiting(server, run) and server.stop(run))
            async with run.tool("send_email", MAIL, side_effect="irreversible"):
                pass

    with pytest.raises(Stopped):
        asyncio.run(program())


def test_a_refusal_can_be_carried_between_processes():
    refusal = NotApproved("no", by="user:alice", status=ApprovalStatus.REJECTED, approval="a")
    again = pickle.loads(pickle.dumps(refusal))
    assert (str(again), again.approval) == (str(refusal), "a")
