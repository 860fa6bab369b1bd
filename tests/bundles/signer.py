"""Throw-away keys that sign notes and envelopes. The seeds are public: nothing real is signed with them."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deliberation.bundle.dsse import PAYLOAD_TYPE, pre_authentication
from deliberation.bundle.keys import ED25519, key_id
from deliberation.ledger.canonical import dump

INSTANCE = "inspector.example"


@dataclass(frozen=True)
class Signer:
    """A key with a name."""

    name: str
    seed: str

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sha256(self.seed.encode()).digest())

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.public)

    @property
    def line(self) -> str:
        """The key as somebody who trusts it writes it."""
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    def note(self, text: str) -> str:
        signed = b64encode(self.id + self.private.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signed}\n"

    def envelope(self, payload: bytes) -> bytes:
        signature = b64encode(self.private.sign(pre_authentication(payload))).decode()
        return dump(
            {
                "payload": b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": f"{self.name}+{self.id.hex()}", "sig": signature}],
            }
        )


OPERATOR = Signer(INSTANCE, "the operator of a test")
STRANGER = Signer(INSTANCE, "somebody who took the operator's name")


def checkpoint(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n"
