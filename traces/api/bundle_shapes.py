"""The shapes of exports in the API."""

from __future__ import annotations

from typing import Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.bundle.openings import MAX_REASON_CHARS
from traces.actions.conflict import Unfit
from traces.api.forms import rfc3339
from traces.audit.export_options import ExportOptions
from traces.audit.withholding import Withholding
from traces.queries.bundle_links import make_link
from traces.queries.bundles import BundleRow

MAX_NAMES = 100
NAME = Field(max_length=64)


class Withhold(Schema):
    """What is not shown although it is there. A bundle names each such part, and the reason."""

    model_config = ConfigDict(extra="forbid")

    everything: bool = Field(default=False, description="All content: facts and hashes are left")
    parts: list[str] = Field(
        default=[], max_length=MAX_NAMES, description="Names of parts", examples=[["input"]]
    )
    kinds: list[str] = Field(
        default=[],
        max_length=MAX_NAMES,
        description="Kinds of events of which all parts are withheld",
        examples=[["note.written"]],
    )
    reason: str = Field(default="", description=f"Why, in 1 to {MAX_REASON_CHARS} characters")


class BundleToMake(Schema):
    """What an export is to hold."""

    model_config = ConfigDict(extra="forbid")

    bundle_id: str | None = Field(
        default=None, description="A UUID of the asker's own: the same again is the same export"
    )
    withhold: Withhold = Withhold()
    derived: bool = Field(default=True, description="With a report and other derived files")

    parquet: bool = Field(
        default=False,
        description="Entries, nodes and costs as Parquet too; 422 where the server has no pyarrow",
    )

    signed: bool = Field(
        default=True,
        description="false: no new checkpoint and no signature; nobody can pin it to a key",
    )

    language: Literal["en", "de"] = Field(default="en", description="Of the report")

    def options(self) -> ExportOptions:
        """Return what is asked for. Raises Unfit."""
        try:
            withholding = Withholding(
                everything=self.withhold.everything,
                parts=frozenset(self.withhold.parts),
                kinds=frozenset(self.withhold.kinds),
                reason=self.withhold.reason,
            )
        except ValueError as wrong:
            raise Unfit("withhold.reason", str(wrong)) from None
        return ExportOptions(
            withholding=withholding,
            derived=self.derived,
            parquet=self.parquet,
            signed=self.signed,
            language=self.language,
        )


class PartsOfBundle(Schema):
    """How many parts a bundle shows, withholds for a reason, and tells to be gone for good."""

    shown: int
    withheld: int
    gone: int


class Bundle(Schema):
    """An export. `identity` is the SHA-256 of its tag manifest: never compare the zip's own hash.

    `link` needs no key until `link_expires_at`: whoever has it has the bundle.
    """

    id: str
    run_id: str
    status: str
    by: str
    withhold: Withhold
    derived: bool
    parquet: bool
    signed: bool
    language: str
    created_at: str | None
    ended_at: str | None
    expires_at: str | None
    entries: int | None
    entries_done: int
    size: int | None
    identity: str | None
    root: str | None
    parts: PartsOfBundle | None
    signed_by: str | None
    error: str | None
    link: str | None
    link_expires_at: str | None

    @classmethod
    def of(cls, row: BundleRow, *, now_ns: int) -> Bundle:
        """Return the shape of an export."""
        link = make_link(row.id, now_ns=now_ns) if row.is_ready else None
        plain = row.options.as_plain()
        return cls(
            id=str(row.id),
            run_id=str(row.run_id),
            status=row.status,
            by=row.by,
            derived=plain.pop("derived"),
            parquet=plain.pop("parquet"),
            signed=plain.pop("signed"),
            language=plain.pop("language"),
            withhold=Withhold(**plain),
            created_at=rfc3339(row.asked_ns),
            ended_at=rfc3339(row.ended_ns),
            expires_at=rfc3339(row.expires_ns),
            entries=row.entries,
            entries_done=row.entries_done,
            size=row.size,
            identity=row.identity,
            root=row.root,
            parts=PartsOfBundle(**row.parts) if row.parts else None,
            signed_by=row.signed_by,
            error=row.error,
            link=link.path if link else None,
            link_expires_at=rfc3339(link.until_ns) if link else None,
        )


class Bundles(Schema):
    """The newest exports of a run."""

    items: list[Bundle]
    next: None = None
