"""What came in, and what is answered instead when trouble is asked for."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Trouble:
    """An answer that is given instead of the right one."""

    status: int
    retry_after: str | None


@dataclass(slots=True)
class Request:
    """One request as it came.

    Method, path, query, header fields by lower-case name, body without its encoding.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    answered: int = 0
    at: float = field(default_factory=time.monotonic)

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; empty when it is none."""
        try:
            plain = json.loads(self.body)
        except ValueError:
            return {}
        return plain if isinstance(plain, dict) else {}
