"""A door with a bound of 1 MiB before an application that counts: `python small_door.py PORT`."""

from __future__ import annotations

import sys

from inspector.door import BoundedRequest, Door


async def count(scope, receive, send):
    """Answers with the size of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(size).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-length", b"%d" % len(body))],
        }
    )
    await send({"type": "http.response.body", "body": body})


BoundedRequest.most_bytes, BoundedRequest.most_uploaded = 2**20, 2**21
Door(
    count, endpoints=[f"tcp:port={sys.argv[1]}:interface=127.0.0.1"], server_name="", verbosity=0
).run()
