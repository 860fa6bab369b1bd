"""The commands of one run: each taken up once, and what the server is to be told of it."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from deliberation.vocabulary import CommandKind, CommandStage
from deliberation.vocabulary.control import TAKEN_BACK

MAX_COMMANDS = 256


class Ack(NamedTuple):
    """How far a command has come here."""

    command: str
    stage: CommandStage
    detail: str | None


class Orders:
    """Commands by id, in the order they were heard; of the last `MAX_COMMANDS`.

    The same command may be heard any number of times: from a poll, with the answer to a post of
    events, after a lost connection.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._open: dict[str, CommandKind] = {}
        self.untold: deque[Ack] = deque()

    def take(self, commands: Iterable[dict[str, Any]]) -> list[tuple[dict[str, Any], CommandKind]]:
        """Return those that are new, with their kind; they are acknowledged with this.

        One that the server has taken back, or put another in the place of, is no longer open.
        """
        new: list[tuple[dict[str, Any], CommandKind]] = []
        for command in commands:
            name, kind = command.get("command_id"), _kind_of(command)
            if not isinstance(name, str) or kind is None:
                continue
            if command.get("stage") in TAKEN_BACK:
                self._open.pop(name, None)
                continue
            if name in self._known:
                continue
            self._known[name] = command
            if kind is not CommandKind.KILL:  # whoever owns the process answers for that
                self._open[name] = kind
                self._say(name, CommandStage.ACKNOWLEDGED, None)
            new.append((command, kind))
        while len(self._known) > MAX_COMMANDS:
            self._open.pop(self._known.popitem(last=False)[0], None)
        return new

    def close(self, kind: CommandKind, stage: CommandStage, detail: str | None = None) -> None:
        """Say how it ended, of every open command of a kind."""
        for name in [name for name, of in self._open.items() if of is kind]:
            self.close_one(name, stage, detail)

    def close_one(self, name: str, stage: CommandStage, detail: str | None = None) -> None:
        """Say how one open command ended."""
        if self._open.pop(name, None) is not None:
            self._say(name, stage, detail)

    def close_all(self, stage: CommandStage, detail: str) -> None:
        """Say how everything that is still open ended."""
        for name in list(self._open):
            self.close_one(name, stage, detail)

    def newest(self, *kinds: CommandKind) -> tuple[str | None, str]:
        """Return id and reason of the latest command of these kinds; (None, "") without one."""
        for name, command in reversed(self._known.items()):
            if _kind_of(command) in kinds:
                return name, str(command.get("reason") or "")
        return None, ""

    def by(self, name: str | None) -> str | None:
        """Return who gave a command."""
        said = self._known[name].get("by") if name is not None and name in self._known else None
        return said if isinstance(said, str) else None

    def all(self) -> tuple[dict[str, Any], ...]:
        """Return the commands as they were sent."""
        return tuple(self._known.values())

    def _say(self, name: str, stage: CommandStage, detail: str | None) -> None:
        self.untold.append(Ack(name, stage, detail))


def _kind_of(command: dict[str, Any]) -> CommandKind | None:
    try:
        return CommandKind(command.get("kind"))
    except ValueError:
        return None
