"""What is signed, and what is refused.

Guarantee: of two checkpoints of one log that this ever signed, the larger extends the smaller, and there is one root
for a size. A head is on disk before it is signed: killed in between, the same head is signed when it is asked for
again, and no other. The last state of the memory is what this guarantee stands on; see docs/keys.md.
"""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deliberation.bundle.bounds import MAX_LOG_SIZE, MAX_SIGNATURES
from deliberation.bundle.dsse import PAYLOAD_TYPE, pre_authentication
from deliberation.bundle.keys import is_key_name
from deliberation.ledger.canonical import dump
from deliberation.ledger.tree import check_consistency
from traces.signer.keys import SEED_BYTES, SigningKey, Unusable, read_keys, write_keys
from traces.signer.memory import Head, KeyRecord, Memory

RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEYS, MEMORY = "keys", "heads.sqlite"
LEAST_KEYS, MOST_KEYS = 1, MAX_SIGNATURES


class NotSigned(Exception):
    """Nothing was signed; the message says why."""


class Refused(NotSigned):
    """A request that is not fulfilled. `last` is the head that was signed last, where it is the reason."""

    def __init__(self, sentence: str, last: Head | None = None) -> None:
        super().__init__(sentence)
        self.last = last


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checkpoint that is asked for, and a proof that it extends the one that was signed last."""

    origin: str
    size: int
    root: bytes
    proof: tuple[bytes, ...] = ()


class Signer:
    """The keys and the memory of one directory. Safe for several threads, of one process."""

    def __init__(
        self, directory: Path, *, name: str, now_ns: int, randbytes: Callable[[int], bytes]
    ) -> None:
        """Open the directory, and make the first key where there is none. Raises `Unusable`."""
        self.key_file = directory / KEYS
        self._randbytes = randbytes
        self._lock = threading.Lock()
        self._memory = Memory(directory / MEMORY)
        if not self.key_file.exists():
            self._make_first_key(name, now_ns)
        elif not self._memory.key_records():
            raise Unusable(
                f"{directory / MEMORY} is missing beside the key, or empty. Without it histories could be signed that "
                "contradict one another: bring it back, or move the whole directory away and begin with a new key"
            )
        self._keys = read_keys(self.key_file)
        self._note_keys(now_ns)

    @property
    def name(self) -> str:
        """The instance's name: the name of the keys, and the origin of its log."""
        return self._keys[0].name

    def records(self) -> list[KeyRecord]:
        """Return all keys that ever signed, oldest first."""
        with self._lock:
            return self._memory.key_records()

    def sign_checkpoints(self, wanted: Sequence[Wanted]) -> list[str | Refused]:
        """Return for each checkpoint the signed note, or why there is none."""
        with self._lock:
            with self._memory.writing():
                found = [self._admit(each) for each in wanted]
                signed = sum(refusal is None for refusal in found)
                self._memory.count([key.line for key in self._keys], signed)
            return [
                refusal or self._note(each) for each, refusal in zip(wanted, found, strict=True)
            ]

    def sign_envelope(self, payload: bytes) -> bytes:
        """Return a DSSE envelope around an in-toto statement, as it stands in a bundle."""
        message = pre_authentication(payload)
        with self._lock:
            with self._memory.writing():
                self._memory.count([key.line for key in self._keys], 1)
            signatures = [
                {"keyid": key.label, "sig": b64encode(key.sign(message)).decode()}
                for key in self._keys
            ]
        encoded = b64encode(payload).decode()
        return dump({"payload": encoded, "payloadType": PAYLOAD_TYPE, "signatures": signatures})

    def add_key(self, now_ns: int) -> str:
        """Make a key that signs beside the others from now on; return its public half."""
        with self._lock:
            if len(self._keys) >= MOST_KEYS:
                raise Refused(f"{MOST_KEYS} keys sign already")
            key = self._new_key(self.name)
            self._replace_keys((*self._keys, key), now_ns)
            return key.line

    def retire_key(self, label: str, now_ns: int) -> str:
        """Let a key (`<name>+<key id>`) sign no longer, erase its secret, return its public half."""
        with self._lock:
            gone = [key for key in self._keys if key.label == label]
            if not gone:
                raise Refused(f"no key {label} signs")
            if len(self._keys) <= LEAST_KEYS:
                raise Refused("it is the only key that signs: add one first")
            self._replace_keys(tuple(key for key in self._keys if key not in gone), now_ns)
            return gone[0].line

    def _make_first_key(self, name: str, now_ns: int) -> None:
        if self._memory.logs():
            raise Unusable(f"{self.key_file} is missing: bring it back from a backup")
        key = self._new_key(name)
        with self._memory.writing():
            self._memory.forget_keys()  # of a first start that died here
            self._memory.begin_key(key.line, now_ns)
        write_keys(self.key_file, (key,))

    def _new_key(self, name: str) -> SigningKey:
        if not is_key_name(name) or "/runs/" in name:
            raise Unusable(f"an instance cannot be named {name!r}: no space, no plus, no /runs/")
        return SigningKey(name, self._randbytes(SEED_BYTES))

    def _replace_keys(self, keys: tuple[SigningKey, ...], now_ns: int) -> None:
        write_keys(self.key_file, keys)
        self._keys = keys
        self._note_keys(now_ns)

    def _note_keys(self, now_ns: int) -> None:
        """Bring the memory up to the key file, which a crash may have left ahead of it."""
        signing = {key.line for key in self._keys}
        with self._memory.writing():
            for line in signing:
                self._memory.begin_key(line, now_ns)
            for record in self._memory.key_records():
                if record.line not in signing:
                    self._memory.end_key(record.line, now_ns)

    def _admit(self, wanted: Wanted) -> Refused | None:
        """Remember a head that may be signed; return why it may not."""
        if not self._is_own(wanted.origin):
            return Refused(f"{wanted.origin[:200]!r} is not the origin of a log of {self.name}")
        if not 0 < wanted.size < MAX_LOG_SIZE:
            return Refused("a log that is signed has at least one entry, and fewer than 2^53")
        last = self._memory.head(wanted.origin)
        if last is None or (last.size, last.root) != (wanted.size, wanted.root):
            if last is not None and (refusal := _contradiction(last, wanted)):
                return refusal
            self._memory.remember(wanted.origin, Head(wanted.size, wanted.root))
        return None

    def _is_own(self, origin: str) -> bool:
        of_run = origin.removeprefix(f"{self.name}/runs/")
        return origin == self.name or (of_run != origin and RUN.fullmatch(of_run) is not None)

    def _note(self, wanted: Wanted) -> str:
        text = f"{wanted.origin}\n{wanted.size}\n{b64encode(wanted.root).decode()}\n"
        lines = [
            f"— {key.name} {b64encode(key.id + key.sign(text.encode())).decode()}\n"
            for key in self._keys
        ]
        return f"{text}\n{''.join(lines)}"


def _contradiction(last: Head, wanted: Wanted) -> Refused | None:
    if wanted.size < last.size:
        return Refused(f"a checkpoint of size {last.size} was signed already", last)
    if wanted.size == last.size:
        return Refused(f"another root was signed at size {last.size}", last)
    try:
        check_consistency(
            earlier=last.size,
            earlier_root=last.root,
            size=wanted.size,
            root=wanted.root,
            path=wanted.proof,
        )
    except ValueError as error:
        return Refused(f"it does not extend the checkpoint of size {last.size}: {error}", last)
    return None
