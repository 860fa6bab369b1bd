"""Bytes from outside become plain values: bodies, spans, log records, lines. Knows no framework.

Everything that is not readable is refused with a `Refused`; no other exception leaves this package.
"""
