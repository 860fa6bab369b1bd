"""What is asked of the signer and what it answers: one line of JSON each way, over a Unix socket.

    {"do": "checkpoints", "wanted": [{"origin", "size", "root", "proof": […]}]}
                                        → {"notes": [{"note"} or {"refused", "last": {"size", "root"} or null}]}
    {"do": "envelope", "payload"}       → {"envelope"}
    {"do": "custody"}                   → {"name", "place", "keys": [{"line", "since", "until", "signed"}]}
    {"do": "add_key"}                   → {"line"}
    {"do": "retire_key", "key": "<name>+<key id>"}   → {"line"}

Hashes and bytes are base64. Whatever cannot be done is answered {"refused": "<why>"}.
"""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode, b64encode
from typing import Any

from deliberation.bundle import base64_text
from deliberation.bundle.bounds import MAX_ENVELOPE_BYTES, MAX_PROOF_HASHES
from deliberation.ledger.tree import HASH_BYTES
from traces.signer.sign import Refused, Signer, Wanted

MAX_WANTED = 512
MAX_LINE_BYTES = 2 * 1024 * 1024
"""512 checkpoints with proofs of 64 hashes each fit, and an envelope's payload of 1 MiB."""


def answer(line: bytes, signer: Signer, *, now_ns: int) -> bytes:
    """Return the answer to one request, whatever the request is."""
    try:
        said = _answer(_read(line), signer, now_ns)
    except Refused as refused:
        said = {"refused": str(refused)}
    except (OSError, sqlite3.Error) as error:  # a full disk: nothing was signed
        said = {"refused": f"the signer cannot write: {error}"}
    return json.dumps(said).encode() + b"\n"


def _read(line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise Refused("a request is one line of JSON") from None
    if not isinstance(asked, dict):
        raise Refused("a request is a JSON object")
    return asked


def _answer(asked: dict[str, Any], signer: Signer, now_ns: int) -> dict[str, Any]:
    match asked.get("do"):
        case "checkpoints":
            notes = signer.sign_checkpoints(_wanted(asked.get("wanted")))
            return {"notes": [_note(each) for each in notes]}
        case "envelope":
            return {"envelope": signer.sign_envelope(_payload(asked.get("payload"))).decode()}
        case "custody":
            return _custody(signer)
        case "add_key":
            return {"line": signer.add_key(now_ns)}
        case "retire_key":
            return {"line": signer.retire_key(str(asked.get("key")), now_ns)}
    raise Refused("a request says what to do: checkpoints, envelope, custody, add_key, retire_key")


def _wanted(given: Any) -> list[Wanted]:
    if not isinstance(given, list) or len(given) > MAX_WANTED:
        raise Refused(f"wanted is a list of at most {MAX_WANTED} checkpoints")
    return [_checkpoint(each) for each in given]


def _checkpoint(given: Any) -> Wanted:
    if not isinstance(given, dict) or given.keys() != {"origin", "size", "root", "proof"}:
        raise Refused("a checkpoint has origin, size, root and proof")
    origin, size, proof = given["origin"], given["size"], given["proof"]
    if not isinstance(origin, str) or type(size) is not int:
        raise Refused("an origin is text, and a size a whole number")
    if not isinstance(proof, list) or len(proof) > MAX_PROOF_HASHES:
        raise Refused(f"a proof is a list of at most {MAX_PROOF_HASHES} hashes")
    return Wanted(origin, size, _hash(given["root"]), tuple(map(_hash, proof)))


def _hash(given: Any) -> bytes:
    found = base64_text.decode(given, HASH_BYTES) if isinstance(given, str) else None
    if found is None:
        raise Refused("a hash is 32 bytes in base64")
    return found


def _payload(given: Any) -> bytes:
    try:
        payload = b64decode(given, validate=True)
    except (TypeError, ValueError):
        raise Refused("a payload is base64") from None
    if len(payload) > MAX_ENVELOPE_BYTES:
        raise Refused(f"a payload has at most {MAX_ENVELOPE_BYTES} bytes")
    return payload


def _note(found: str | Refused) -> dict[str, Any]:
    if isinstance(found, str):
        return {"note": found}
    last = found.last
    return {
        "refused": str(found),
        "last": last and {"size": last.size, "root": b64encode(last.root).decode()},
    }


def _custody(signer: Signer) -> dict[str, Any]:
    keys = [
        {"line": each.line, "since": each.since, "until": each.until, "signed": each.signed}
        for each in signer.records()
    ]
    return {"name": signer.name, "place": str(signer.key_file), "keys": keys}
