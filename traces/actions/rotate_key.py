"""Rotate the key that signs: a new one beside the old, then the old one away.

Guarantee: what the signer does first is told of in the instance's log next; a crash in between is made good by the
next pass, which tells of every key that the signer knows and the log does not. The entry about a new key is signed by
the old one too, so that whoever trusts the old one is led to the new.
"""

from __future__ import annotations

from traces.actions.seal_runs import seal_instance
from traces.signer.ask import SignerAt


def add_key(*, signer: SignerAt, now_ns: int) -> str:
    """Let a new key sign beside the others, and have that signed; return its public half. Raises `NotSigned`."""
    line = signer.add_key()
    seal_instance(signer=signer, now_ns=now_ns)
    return line


def retire_key(*, signer: SignerAt, label: str, now_ns: int) -> str:
    """Let a key sign no longer; return its public half. Raises `NotSigned`, also for the last key."""
    seal_instance(signer=signer, now_ns=now_ns)
    line = signer.retire_key(label)
    seal_instance(signer=signer, now_ns=now_ns)
    return line
