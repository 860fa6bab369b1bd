"""The shapes of who signs, and of what was signed."""

from __future__ import annotations

from ninja import Field, Schema

from traces.api.forms import rfc3339
from traces.models import Checkpoint
from traces.queries.custody import Custody, KeyRow, SignedLog
from traces.queries.time_stamps import StampingState


class SigningKey(Schema):
    """A key that signs or signed."""

    key: str = Field(description="Its public half, as `--trust` of the verifier takes it")
    since: str | None
    until: str | None = Field(description="When it was retired; null while it signs")
    signed: int | None = Field(description="How many signatures it made; null: the signer is away")

    @classmethod
    def of(cls, key: KeyRow) -> SigningKey:
        """Return the shape of a key."""
        return cls(
            key=key.key, since=rfc3339(key.since), until=rfc3339(key.until), signed=key.signed
        )


class KeyPlace(Schema):
    """Who has the keys: `file` is a file of the signer process, readable by whoever is its user or root there."""

    kind: str
    place: str | None = Field(description="Null while the signer is away")


class InstanceHead(Schema):
    """The log of the installation: all checkpoints of runs, exports, redactions, retention, keys."""

    id: str = Field(description="In the place of a run")
    size: int
    root: str = Field(description="Base64")
    checkpoint: str | None = Field(description="The last signed note")
    signed_at: str | None

    @classmethod
    def of(cls, log: SignedLog) -> InstanceHead:
        """Return the shape of the log's head."""
        return cls(
            id=str(log.id),
            size=log.size,
            root=log.root,
            checkpoint=log.checkpoint,
            signed_at=log.signed_at.isoformat() if log.signed_at else None,
        )


class TimeStamps(Schema):
    """How the asking for time stamps (RFC 3161) of the installation's log goes."""

    url: str
    stamped_at: str | None = Field(
        description="When the last one was made, in its authority's word"
    )
    authority: str | None = Field(description="The subject of the certificate that signed it")
    size: int | None = Field(description="How many entries of the log it covers")
    trouble: str | None = Field(description="Why none comes at present")

    @classmethod
    def of(cls, state: StampingState) -> TimeStamps:
        """Return the shape of how it goes."""
        return cls(
            url=state.url,
            stamped_at=state.stamped_at.isoformat() if state.stamped_at else None,
            authority=state.authority,
            size=state.size,
            trouble=state.trouble,
        )


class Instance(Schema):
    """Who signs what this installation records, and how far."""

    name: str | None
    keys: list[SigningKey]
    custody: KeyPlace
    log: InstanceHead | None
    unsigned_runs: int = Field(description="Runs that wait for a signature longer than they should")
    trouble: str | None = Field(description="Why nothing is signed at present")
    time_stamps: TimeStamps | None = Field(description="Null where no authority is configured")

    @classmethod
    def of(
        cls,
        custody: Custody,
        log: SignedLog | None,
        unsigned: int,
        stamping: StampingState | None,
    ) -> Instance:
        """Return the shape of an installation."""
        return cls(
            name=custody.name,
            keys=[SigningKey.of(each) for each in custody.keys],
            custody=KeyPlace(kind="file", place=custody.place),
            log=None if log is None else InstanceHead.of(log),
            unsigned_runs=unsigned,
            trouble=custody.trouble,
            time_stamps=None if stamping is None else TimeStamps.of(stamping),
        )


class SignedCheckpoint(Schema):
    """A signed note over the first `size` entries of a run."""

    size: int
    root: str = Field(description="Base64")
    note: str = Field(description="c2sp.org/tlog-checkpoint; the verifier takes it as a known head")
    signed_at: str

    @classmethod
    def of(cls, row: Checkpoint) -> SignedCheckpoint:
        """Return the shape of a checkpoint."""
        root = row.note.split("\n", 3)[2]
        return cls(size=row.size, root=root, note=row.note, signed_at=row.signed_at.isoformat())


class SignedCheckpoints(Schema):
    """A page of them, newest first; `next` is the cursor of the following one."""

    items: list[SignedCheckpoint]
    next: str | None
