"""What a newcomer pastes into a shell: the address and a key of this server."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from traces.models import ApiKey
from traces.models.access import Role
from traces.queries.access import Who, viewer_of
from traces.queries.projects import list_projects

LOCAL_KEY = "INSPECTOR_KEY="
PLACEHOLDER = "YOUR-KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """`key` is a real one, or a word that stands in its place; then `owned` is the project to make one in, if any."""

    address: str
    key: str
    is_real: bool
    owned: str | None
    sdk: str


def get_first_steps(
    *, who: Who, address: str, local_env: Path | None, sdk: Path | None
) -> FirstSteps:
    """Return the steps for `who`. `local_env` is the file that may be shown to them, on their own machine only."""
    key = None if local_env is None else _local_key(local_env)
    owned = [
        project.slug
        for project in list_projects(who=who)
        if project.id in viewer_of(who, [Role.OWNER]).project_ids
    ]
    return FirstSteps(
        address=address,
        key=key or PLACEHOLDER,
        is_real=key is not None,
        owned=owned[0] if owned else None,
        sdk=str(sdk) if sdk is not None else "./sdk",
    )


def _local_key(file: Path) -> str | None:
    """Return the key that the file names, unless it cannot be read, or an owner has ended the key."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    key = next((line.removeprefix(LOCAL_KEY) for line in lines if line.startswith(LOCAL_KEY)), "")
    digest = hashlib.sha256(key.encode()).digest()
    return key if ApiKey.objects.filter(digest=digest, revoked_at=None).exists() else None
