"""What the server asks of a run, as far as its answers to our own posts have said.

This is a place to look, and no control yet: `checkpoint` returns what was heard last and does
nothing else. It never waits, never asks the server and never raises. What is to be done about a
pause or a stop belongs to whoever builds on it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

MAX_RUNS = 1024
MAX_COMMANDS = 64


@dataclass(frozen=True, slots=True)
class Heard:
    """The latest word on one run; None and empty where nothing was said.

    `head` is the newest ledger head in an answer to a post that carried this run. `commands` are as
    the server sent them, oldest first, each `command_id` once.
    """

    head: str | None = None
    desired_state: str | None = None
    commands: tuple[dict[str, Any], ...] = ()


NOTHING = Heard()


class Mailbox:
    """The latest word on each run; of the last `MAX_RUNS` runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: OrderedDict[str, Heard] = OrderedDict()

    def receive(self, answer: dict[str, Any], runs: Iterable[str]) -> list[str]:
        """Take in a server's answer to a post that carried these runs; return the heads that are new.

        A head is text that begins with its run's id and a space; the rest of it is the server's business.
        """
        heads = _heads(answer)
        desired = answer.get("desired_state")
        commands = [each for each in answer.get("commands") or () if isinstance(each, dict)]
        new: list[str] = []
        with self._lock:
            for run in runs:
                known = self._heard.pop(run, NOTHING)
                head = heads.get(run, known.head)
                if head is not None and head != known.head:
                    new.append(head)
                self._heard[run] = replace(
                    known,
                    head=head,
                    desired_state=desired if isinstance(desired, str) else known.desired_state,
                    commands=_merged(known.commands, commands, run),
                )
            while len(self._heard) > MAX_RUNS:
                self._heard.popitem(last=False)
        return new

    def heard(self, run: str) -> Heard:
        """Return the latest word on a run."""
        return self._heard.get(run, NOTHING)


def checkpoint(mailbox: Mailbox, run: str) -> Heard:
    """Look at what was heard of a run. Called before each node, model call, tool call and retry."""
    return mailbox.heard(run)


def _heads(answer: dict[str, Any]) -> dict[str, str]:
    several = answer.get("heads")
    said = [answer.get("head"), *(several if isinstance(several, list) else [])]
    return {head.partition(" ")[0]: head for head in said if isinstance(head, str)}


def _merged(
    known: tuple[dict[str, Any], ...], new: list[dict[str, Any]], run: str
) -> tuple[dict[str, Any], ...]:
    by_id = {str(each.get("command_id")): each for each in known}
    for command in new:
        if command.get("run_id", command.get("run", run)) == run:
            by_id[str(command.get("command_id"))] = command
    return tuple(by_id.values())[-MAX_COMMANDS:]
