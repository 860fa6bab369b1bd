"""What one instance is: its places, its secrets, its address, and its children's environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.local.listening import HOST
from inspector.local.local_env import (
    Secrets,
    keep_secrets,
    sign_in_link,
    write_embedded_env,
    write_local_env,
)
from inspector.local.places import Places, prepare_places

SHARED = ("DATABASE_URL", "REDIS_URL", "SIGNER_SOCKET")
"""What `manage.py` in another terminal needs of the children's environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """`env` is what each child gets: the caller's environment, and where everything is."""

    places: Places
    secrets: Secrets
    url: str
    env: Mapping[str, str]

    @property
    def embeds_postgres(self) -> bool:
        """Whether DATABASE_URL was left to us."""
        return self.env["DATABASE_URL"] == self.places.database_url

    @property
    def embeds_redis(self) -> bool:
        """Whether REDIS_URL was left to us."""
        return self.env["REDIS_URL"] == self.places.redis_url

    @property
    def sign_in(self) -> str:
        """The link that signs a browser in as the local admin."""
        return sign_in_link(self.url, self.secrets)


def describe_instance(data_dir: Path, *, port: int) -> Instance:
    """Makes the places and the secrets, and writes both env files."""
    places = prepare_places(data_dir)
    kept = keep_secrets(data_dir)
    url = f"http://{HOST}:{port}"
    given = {name: value for name, value in os.environ.items() if value}
    env = {
        "DATABASE_URL": places.database_url,
        "REDIS_URL": places.redis_url,
        "SECRET_KEY": kept.secret_key,
        "LOCAL_SIGN_IN_TOKEN": kept.sign_in_token,
        "SIGNER_SOCKET": str(places.signer_socket),
        **given,
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "INSPECTOR_URL": url,
        "INSPECTOR_KEY": kept.key,
        "PYTHONUNBUFFERED": "1",
    }
    write_local_env(data_dir, url=url, kept=kept)
    shared = {name: env[name] for name in SHARED}
    write_embedded_env(data_dir, {**shared, "SECRET_KEY": kept.secret_key})
    return Instance(places=places, secrets=kept, url=url, env=env)
