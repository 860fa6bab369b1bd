"""Spans and log records become events: pure, stateless, one file per convention.

What a convention's mapper understands becomes a typed fact; everything else stays, as it came, in
the node's `attributes`. Nothing a source said is lost, and nothing is said twice as two facts.
"""

from ingest.mapping.logs import map_log
from ingest.mapping.spans import map_span

__all__ = ["map_log", "map_span"]
