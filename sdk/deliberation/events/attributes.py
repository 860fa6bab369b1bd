"""Names inside a node's `attributes` part that are not its source's own: how a record was read, and its origin."""

CONVENTION = "deliberation.convention"
"""The conventions that were read, the one that spoke first first, joined by "+"."""

READ = "deliberation.read"
"""An object: for each convention the names of the attributes that it turned into facts, or judged by."""

OF_THE_RECORD = "otel."
"""Begins the names of what OpenTelemetry keeps beside attributes: scope, resource, events, links, status."""

LOG_NAME = "otel.log.event_name"
"""The event name of a log record, the empty text too: what has it came as a log."""

LOG_ATTRIBUTES = "otel.log.attributes"
"""Where a node is shown what log records say under a name that means something else in its span."""
