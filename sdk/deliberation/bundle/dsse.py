"""The bundle's own signature: a DSSE envelope around an in-toto statement on the tag manifest.

    signed = "DSSEv1" SP len(type) SP type SP len(payload) SP payload        (secure-systems-lab/dsse, PAE)

No origin of a checkpoint has a space in it, so that no text is both a checkpoint and such an envelope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deliberation.bundle import base64_text, signatures, strict_json
from deliberation.bundle.bag import SIGNATURE, TAG_MANIFEST
from deliberation.bundle.bounds import MAX_SIGNATURES
from deliberation.bundle.keys import Key
from deliberation.bundle.verdict import Refusal, Unsupported

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:deliberation:audit-bundle:v1"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A statement as it was signed, and what is said to be signatures by whom."""

    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]

    def signers(self, keys: Sequence[Key]) -> list[Key]:
        """Return the keys that signed this. Raises `Refusal` when the signature of one of them is wrong."""
        message = pre_authentication(self.payload)
        found: list[Key] = []
        for label, signature in self.signatures:
            for key in keys:
                if key.label == label:
                    if not signatures.verify(key.public, message, signature):
                        raise Refusal(f"{SIGNATURE}: the signature by {key.label} is wrong")
                    found.append(key)
        return found


def pre_authentication(payload: bytes) -> bytes:
    """Return the bytes that are signed."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def read_envelope(data: bytes) -> Envelope:
    """Return the envelope. Raises `Refusal`."""
    plain = _canonical(data, "the envelope")
    if plain.keys() != {"payload", "payloadType", "signatures"}:
        raise Refusal(f"{SIGNATURE}: a DSSE envelope has payload, payloadType and signatures")
    if plain["payloadType"] != PAYLOAD_TYPE:
        raise Unsupported(f"{SIGNATURE}: its payload is no in-toto statement")
    payload = _bytes(plain["payload"])
    signed = plain["signatures"]
    if not isinstance(signed, list) or not 0 < len(signed) <= MAX_SIGNATURES:
        raise Refusal(f"{SIGNATURE}: has no signature, or more than {MAX_SIGNATURES}")
    return Envelope(payload, tuple(map(_signature, signed)))


def check_statement(payload: bytes, identity: str) -> dict[str, Any]:
    """Return the statement's predicate. Raises `Refusal` when it is not about the bundle of this identity."""
    statement = _canonical(payload, "the statement")
    if statement.get("_type") != STATEMENT or statement.get("predicateType") != PREDICATE:
        raise Unsupported(f"{SIGNATURE}: is a statement of another type than {PREDICATE}")
    if statement.get("subject") != [{"digest": {"sha256": identity}, "name": TAG_MANIFEST}]:
        raise Refusal(f"{SIGNATURE}: is a statement about another bundle")
    predicate = statement.get("predicate")
    if not isinstance(predicate, dict):
        raise Refusal(f"{SIGNATURE}: its statement has no predicate")
    return predicate


def _signature(plain: Any) -> tuple[str, bytes]:
    if not isinstance(plain, dict) or plain.keys() != {"keyid", "sig"}:
        raise Refusal(f"{SIGNATURE}: a signature has keyid and sig")
    label = plain["keyid"]
    return label if isinstance(label, str) else "", _bytes(plain["sig"])


def _bytes(text: Any) -> bytes:
    data = base64_text.decode(text) if isinstance(text, str) else None
    if data is None:
        raise Refusal(f"{SIGNATURE}: has something else than base64")
    return data


def _canonical(data: bytes, what: str) -> dict[str, Any]:
    try:
        return strict_json.read(data)
    except strict_json.NotCanonical as error:
        raise Refusal(f"{SIGNATURE}: {what} {error}") from None
