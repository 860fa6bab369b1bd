"""One ledger line, checked byte for byte against the specification."""

from __future__ import annotations

import re
from typing import NamedTuple

from deliberation.bundle import strict_json
from deliberation.bundle.bounds import MAX_DEPTH
from deliberation.bundle.verdict import Refusal, Unsupported

KEYS = {"by", "d", "key", "kind", "p", "run", "seq", "t_rx", "v"}
KEYS_WITH_SOURCE_TIME = KEYS | {"t_src"}
VERSION = 1
FIRST_KIND = "run.opened"
KIND = re.compile(r"[a-z][a-z0-9_.]{0,63}")
PART_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
COMMITMENT = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
TIME = re.compile(r"0|-?[1-9][0-9]{0,19}")
PLAIN = r'"([^"\\\x00-\x1f]*)"'
A_PART, A_TIME = rf'"{PART_NAME.pattern}":"{COMMITMENT.pattern}"', rf'"({TIME.pattern})"'
ONE_PART = re.compile(rf'"({PART_NAME.pattern})":"({COMMITMENT.pattern})"')
BEFORE_FACTS = re.compile(rf'\{{"by":{PLAIN},"d":')
AFTER_FACTS = re.compile(
    rf',"key":{PLAIN},"kind":"({KIND.pattern})","p":\{{((?:{A_PART}(?:,{A_PART})*)?)\}},"run":"([0-9a-f-]*)"'
    rf',"seq":(0|[1-9][0-9]*),"t_rx":{A_TIME}(?:,"t_src":{A_TIME})?,"v":{VERSION}\}}'
)


class Line(NamedTuple):
    """What the verifier needs of a line: kind, facts, and commitments by part name; and all its fields."""

    kind: str
    facts: dict[str, object]
    commitments: dict[str, str]
    fields: dict[str, object]


def read_line(data: bytes, *, run: str, seq: int) -> Line:
    """Return what a line says, which must be the entry `seq` of this run. Raises `Refusal`."""
    return _read_plain(data, run, seq) or _read_any(data, run, seq)


def _read_plain(data: bytes, run: str, seq: int) -> Line | None:
    """Return what a line says whose envelope has no escapes, as nearly all have; None for any other, wrong or right.

    What surrounds the facts is matched in its one form, and the facts stand between in theirs.
    """
    try:
        text = data.decode()
        before = BEFORE_FACTS.match(text)
        if before is None:
            return None
        facts, end = strict_json.read_at(text, before.end(), MAX_DEPTH - 1)
    except ValueError:
        return None
    after = AFTER_FACTS.fullmatch(text, end)
    if after is None:
        return None
    key, kind, parts, of, number, received, happened = after.groups()
    if of != run or number != str(seq) or (seq == 0) != (kind == FIRST_KIND):
        return None
    pairs = ONE_PART.findall(parts)
    commitments = dict(pairs)
    if len(pairs) > 1 and [name for name, _ in pairs] != sorted(commitments):
        return None
    fields = {"by": before[1], "d": facts, "key": key, "kind": kind, "p": commitments, "run": run}
    fields |= {"seq": seq, "t_rx": received, "v": VERSION}
    if happened is not None:
        fields["t_src"] = happened
    return Line(kind, facts, commitments, fields)


def _read_any(data: bytes, run: str, seq: int) -> Line:
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
    if (seq == 0) != (fields["kind"] == FIRST_KIND):
        raise Refusal(f"entry {seq}: run.opened is the first entry of a run, and only that")
