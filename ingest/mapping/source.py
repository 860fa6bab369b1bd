"""What a convention's rules are given."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from ingest.wire.span import LogRecord, Span

Keys = AbstractSet[str]
"""The names of a record's attributes."""

Source = Span | LogRecord
"""The record: its name, scope and events may tell what its attributes do not."""
