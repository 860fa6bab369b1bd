"""How the rest of the house asks the signer. Each request is a connection of its own, with a time that it may take."""

from __future__ import annotations

import json
import socket
import sys
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deliberation.bundle import base64_text
from deliberation.ledger.tree import HASH_BYTES
from traces.signer.memory import Head, KeyRecord
from traces.signer.messages import MAX_WANTED
from traces.signer.sign import NotSigned, Refused, Wanted

PATIENCE_SECONDS = 5.0
MAX_ANSWER_BYTES = 16 * 1024 * 1024


class Unreachable(NotSigned):
    """Nobody answers at the signer's socket, or not in time: nothing can be signed now; try again later."""


@dataclass(frozen=True, slots=True)
class Custody:
    """Who signs: the instance's name, where its keys lie, and all keys that ever signed, oldest first."""

    name: str
    place: str
    keys: tuple[KeyRecord, ...]

    @property
    def signing(self) -> tuple[KeyRecord, ...]:
        """The keys that sign now."""
        return tuple(key for key in self.keys if key.until is None)


@dataclass(frozen=True, slots=True)
class SignerAt:
    """The signer that listens at a socket. Every method raises `Unreachable`, and `Refused` with the reason."""

    path: Path
    patience: float = PATIENCE_SECONDS

    def sign_checkpoints(self, wanted: Sequence[Wanted]) -> list[str | Refused]:
        """Return for each checkpoint the note, or why there is none. Any number may be asked for."""
        notes: list[str | Refused] = []
        for at in range(0, len(wanted), MAX_WANTED):
            portion = [_plain(each) for each in wanted[at : at + MAX_WANTED]]
            found = self._ask({"do": "checkpoints", "wanted": portion})["notes"]
            notes += [_note(each) for each in found]
        return notes

    def sign_envelope(self, payload: bytes) -> bytes:
        """Return the DSSE envelope around an in-toto statement."""
        asked = {"do": "envelope", "payload": b64encode(payload).decode()}
        return str(self._ask(asked)["envelope"]).encode()

    def custody(self) -> Custody:
        """Return who signs."""
        found = self._ask({"do": "custody"})
        keys = tuple(KeyRecord(**each) for each in found["keys"])
        return Custody(found["name"], found["place"], keys)

    def add_key(self) -> str:
        """Let a new key sign beside the others; return its public half."""
        return str(self._ask({"do": "add_key"})["line"])

    def retire_key(self, label: str) -> str:
        """Let a key sign no longer and erase its secret; return its public half."""
        return str(self._ask({"do": "retire_key", "key": label})["line"])

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = json.loads(self._exchange(json.dumps(asked).encode() + b"\n"))
        except (OSError, ValueError) as error:
            raise Unreachable(f"the signer at {self.path} does not answer: {error}") from None
        if "refused" in answer:
            raise Refused(answer["refused"])
        return dict(answer)

    def _exchange(self, line: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(self.patience)
            connection.connect(str(self.path))
            connection.sendall(line)
            with connection.makefile("rb") as answers:
                return answers.readline(MAX_ANSWER_BYTES)


def _plain(wanted: Wanted) -> dict[str, Any]:
    return {
        "origin": wanted.origin,
        "size": wanted.size,
        "root": b64encode(wanted.root).decode(),
        "proof": [b64encode(each).decode() for each in wanted.proof],
    }


def _note(answer: dict[str, Any]) -> str | Refused:
    if "note" in answer:
        return str(answer["note"])
    last = answer["last"]
    root = base64_text.decode(last["root"], HASH_BYTES) if last else None
    return Refused(answer["refused"], Head(last["size"], root) if last and root else None)


if __name__ == "__main__":  # whether one listens: 0, or a traceback and 1
    SignerAt(Path(sys.argv[1])).custody()
