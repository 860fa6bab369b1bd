"""One ledger line, checked byte for byte against the specification."""

from __future__ import annotations

import re
from typing import NamedTuple

from deliberation.bundle import strict_json
from deliberation.bundle.verdict import Refusal, Unsupported

KEYS = {"by", "d", "key", "kind", "p", "run", "seq", "t_rx", "v"}
KEYS_WITH_SOURCE_TIME = KEYS | {"t_src"}
KIND = re.compile(r"[a-z][a-z0-9_.]{0,63}")
VERSION = 1
PART_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
COMMITMENT = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
TIME = re.compile(r"0|-?[1-9][0-9]{0,19}")


class Line(NamedTuple):
    """What the verifier needs of a line: kind, facts, and commitments by part name; and all its fields."""

    kind: str
    facts: dict[str, object]
    commitments: dict[str, str]
    fields: dict[str, object]


def read_line(data: bytes, *, run: str, seq: int) -> Line:
    """Return what a line says, which must be the entry `seq` of this run. Raises `Refusal`."""
    try:
        fields = strict_json.read(data)
    except strict_json.NotCanonical as error:
        raise Refusal(f"entry {seq}: its line {error}") from None
    version = fields.get("v")
    if type(version) is int and version > VERSION:
        raise Unsupported(f"entry {seq}: is of version {version}; this verifier reads {VERSION}")
    if fields.keys() != (KEYS_WITH_SOURCE_TIME if "t_src" in fields else KEYS) or version != 1:
        raise Refusal(f"entry {seq}: its line does not have exactly the keys of a version 1 line")
    if fields["run"] != run:
        raise Refusal(f"entry {seq}: is of another run")
    if fields["seq"] != seq or type(fields["seq"]) is not int:
        raise Refusal(f"entry {seq}: another entry stands in its place, numbered otherwise")
    facts, commitments = fields["d"], fields["p"]
    is_typed = isinstance(facts, dict) and isinstance(commitments, dict)
    if not (is_typed and isinstance(fields["by"], str) and isinstance(fields["key"], str)):
        raise Refusal(f"entry {seq}: by and key are texts, d and p objects")
    kind = fields["kind"]
    if not isinstance(kind, str) or not KIND.fullmatch(kind):
        raise Refusal(f"entry {seq}: is of a kind with a name that no kind has")
    _check_details(fields, commitments, seq)
    return Line(kind, facts, commitments, fields)


def _check_details(fields: dict[str, object], commitments: dict[str, object], seq: int) -> None:
    received, happened = fields["t_rx"], fields.get("t_src", "0")
    for time in (received, happened):
        if not isinstance(time, str) or not TIME.fullmatch(time):
            raise Refusal(f"entry {seq}: a time is not a decimal number of nanoseconds as text")
    for name, value in commitments.items():
        if not PART_NAME.fullmatch(name):
            raise Refusal(f"entry {seq}: has a part with a name that no part has")
        if not isinstance(value, str) or not COMMITMENT.fullmatch(value):
            raise Refusal(f"entry {seq}: its part {name} has no commitment of 32 bytes in base64")
    if (seq == 0) != (fields["kind"] == "run.opened"):
        raise Refusal(f"entry {seq}: run.opened is the first entry of a run, and only that")
