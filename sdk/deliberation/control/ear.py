"""What one run has heard of the server, and what it has not done about it yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from deliberation.control.answered import read_rule
from deliberation.control.heard import Word, message_of
from deliberation.control.orders import Orders
from deliberation.vocabulary import ApprovalRule, CommandKind, CommandStage, DesiredState


class Ear:
    """The latest word on a run, its commands, and the messages that wait for the program.

    `rules` say what a person is to be asked about. `seq` is the server's number of the latest word;
    an older one changes nothing. `whole_seq` is that of the latest whole word, and what the server is
    asked after: asked after an overheard one, it would never tell again of the decision that was in
    between. `is_held` says that some process was known to have the run.
    `listeners` are called with each word, in the thread that heard it.
    Whoever uses it holds the gate's lock.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.whole_seq = 0
        self.is_heard = False
        self.is_held = False
        self.desired: DesiredState | None = None
        self.orders = Orders()
        self.rules: tuple[ApprovalRule, ...] = ()
        self.listeners: list[Callable[[Word], None]] = []
        self._messages: deque[tuple[str, str]] = deque()

    @property
    def has_messages(self) -> bool:
        """True when an operator has said something that the program has not taken."""
        return bool(self._messages)

    def take_in(self, word: Word) -> bool:
        """Take in a word; False when it is older than the last."""
        if word.seq is not None and word.seq < self.seq:
            return False
        self.is_heard = True
        self.is_held = self.is_held or word.attempt is not None
        self.seq = self.seq if word.seq is None else word.seq
        self.whole_seq = self.seq if word.is_whole and word.seq is not None else self.whole_seq
        for command, kind in self.orders.take(word.commands):
            self._begin(command, kind)
        self.desired = word.desired or self.desired
        if word.rules is not None:
            self.rules = tuple(map(read_rule, word.rules))
        return True

    def take_messages(self) -> tuple[str, ...]:
        """Return what was said to the program, each message once."""
        taken = tuple(self._messages)
        self._messages.clear()
        for name, _ in taken:
            self.orders.close_one(name, CommandStage.APPLIED)
        return tuple(message for _, message in taken)

    def _begin(self, command: dict[str, Any], kind: CommandKind) -> None:
        name = command["command_id"]
        if kind in (CommandKind.RESUME, CommandKind.RAISE_BUDGET):
            # Both take effect with the word they came in: the holds and the limits stand there.
            self.orders.close_one(name, CommandStage.APPLIED)
        elif kind is CommandKind.STEER:
            message = message_of(command)
            if message is None:
                self.orders.close_one(name, CommandStage.REFUSED, "it holds no message")
            else:
                self._messages.append((name, message))
