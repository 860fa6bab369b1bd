"""`python -m traces.signer --directory D --socket S [--name N] [--host H]`: runs until SIGTERM."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import threading
import time
from pathlib import Path

from traces.signer.keys import Unusable
from traces.signer.serve import Server, hold
from traces.signer.sign import Signer


def main() -> None:
    """Open the directory, listen, and end in order when told to."""
    options = _options()
    try:
        hold(options.directory)
        signer = Signer(
            options.directory,
            name=options.name or f"{options.host}/{secrets.token_hex(6)}",
            now_ns=time.time_ns(),
            randbytes=os.urandom,
        )
        server = Server(options.socket, signer)
    except (Unusable, OSError) as error:
        sys.exit(f"The signer cannot start: {error}")
    if options.name not in ("", signer.name):
        print(f"This instance is named {signer.name}, which stays; {options.name} is not taken.")
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start()
    )
    server.serve_forever(poll_interval=0.2)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m traces.signer")
    parser.add_argument("--directory", type=Path, required=True, help="of key and memory; 0700")
    parser.add_argument("--socket", type=Path, required=True, help="where it is asked")
    parser.add_argument(
        "--name",
        default="",
        help="of this instance, at its first start: a URL without scheme, as notes show it",
    )
    parser.add_argument("--host", default="localhost", help="begins the name where none is given")
    return parser.parse_args()


if __name__ == "__main__":
    main()
