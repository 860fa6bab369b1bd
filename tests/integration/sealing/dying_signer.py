"""A signer whose power fails at a step: `python -m … DIRECTORY OWNER.STEP before|after SIZE ROOT PROOF…`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.integration.sealing.signers import NAME
from traces.signer.keys import SigningKey
from traces.signer.memory import Memory
from traces.signer.sign import Signer, Wanted

DIED = 9
OWNERS = {"Memory": Memory, "SigningKey": SigningKey}


def main() -> None:
    """Die at the step; end with 0 where it was never reached."""
    directory, step, when, size, root, *proof = sys.argv[1:]
    owner, _, name = step.partition(".")
    die_at(OWNERS[owner], name, is_after=when == "after")
    signer = Signer(Path(directory), name=NAME, now_ns=1, randbytes=os.urandom)
    path = tuple(map(bytes.fromhex, proof))
    signer.sign_checkpoints([Wanted(NAME, int(size), bytes.fromhex(root), path)])


def die_at(owner: type, name: str, *, is_after: bool) -> None:
    whole = getattr(owner, name)

    def dying(*arguments: object) -> None:
        if is_after:
            whole(*arguments)
        os._exit(DIED)

    setattr(owner, name, dying)


if __name__ == "__main__":
    main()
