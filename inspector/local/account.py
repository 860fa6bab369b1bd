"""Whom Postgres runs as. It refuses root, so root lends it an account without rights."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.local.trouble import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user and group by number. `borrowed` when they are not our own."""

    uid: int
    gid: int
    borrowed: bool

    def popen_arguments(self) -> dict[str, Any]:
        """What `subprocess` needs to become this account; nothing when we are it already."""
        if not self.borrowed:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, directory: Path) -> None:
        """Makes a private directory of this account's."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.borrowed:
            os.chown(directory, self.uid, self.gid)
        elif directory.stat().st_uid != self.uid:
            owner = directory.stat().st_uid
            raise Trouble(
                f"{directory} belongs to user {owner}, who started it first; start it as that user,"
                " or set DATA_DIR to another place."
            )
        directory.chmod(0o700)

    def can_reach(self, path: Path) -> bool:
        """Whether each directory above `path` lets this account through."""
        return all(self._may_pass(parent) for parent in path.resolve().parents if parent.exists())

    def _may_pass(self, directory: Path) -> bool:
        found = directory.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def choose_account(data_dir: Path) -> Account:
    """Ourselves, unless we are root: then the owner of the data directory, or `nobody`."""
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), borrowed=False)
    owner = data_dir.stat()
    if owner.st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid, borrowed=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(uid=65534, gid=65534, borrowed=True)
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid, borrowed=True)
