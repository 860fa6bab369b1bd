"""A person of a bench, signed in without a browser."""

from __future__ import annotations

import http.cookies
from urllib.parse import urlsplit

from inspector.bench.calls import connect
from inspector.bench.stack import Stack


def signed_in(stack: Stack) -> dict[str, str]:
    """Return the headers of a person who followed the link."""
    jar = http.cookies.SimpleCookie()
    for path in (urlsplit(stack.sign_in).path, "/approvals"):
        connection = connect(stack)
        connection.request("GET", path, headers={"Cookie": _cookies(jar)})
        answer = connection.getresponse()
        answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            jar.load(cookie)
        connection.close()
    return {"Cookie": _cookies(jar), "X-CSRFToken": jar["csrftoken"].value}


def _cookies(jar: http.cookies.SimpleCookie) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
