"""What somebody asked of an export, as it is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from traces.audit.withholding import NOTHING, Withholding


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What is withheld, whether files are derived for people and programs, and whether it is signed.

    `language` is that of the report; `parquet` adds tables to what is derived, where pyarrow is installed.
    """

    withholding: Withholding = NOTHING
    derived: bool = True
    signed: bool = True
    language: str = "en"
    parquet: bool = False

    def as_plain(self) -> dict[str, Any]:
        """Return the options as JSON has them."""
        withheld = self.withholding
        return {
            "derived": self.derived,
            "everything": withheld.everything,
            "language": self.language,
            "kinds": sorted(withheld.kinds),
            "parquet": self.parquet,
            "parts": sorted(withheld.parts),
            "reason": withheld.reason,
            "signed": self.signed,
        }

    @classmethod
    def of(cls, plain: dict[str, Any]) -> ExportOptions:
        """Return the options that were kept. Raises ValueError."""
        return cls(
            withholding=Withholding(
                everything=plain["everything"],
                parts=frozenset(plain["parts"]),
                kinds=frozenset(plain["kinds"]),
                reason=plain["reason"],
            ),
            derived=plain["derived"],
            signed=plain["signed"],
            language=plain["language"],
            parquet=plain.get("parquet", False),
        )
