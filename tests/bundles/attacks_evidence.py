"""Attacks on lines, parts and trees: what may stand in a bundle whose every file is listed and signed for.

Most are made with the operator's own key for the envelope, so that only what is said here can find them.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode

from tests.bundles.attack import EVENTS, FOLDER, PARTS, WITHHELD, Corpus, Golden
from tests.bundles.build import LOG, bundle, zipped
from tests.bundles.story import opened_part, opening

corpus = Corpus()
attack = corpus.attack
SUMMARY = "data/derived/summary.json"
NOT_CANONICAL = "its line is not canonical"


def put_lines(golden: Golden, name: str, lines: list[bytes]) -> bytes:
    """The zip with the lines of a file replaced, and the envelope made anew with the operator's key."""
    golden.files[name] = b"".join(lines)
    return golden.signed()


def put_line(golden: Golden, seq: int, old: bytes, new: bytes) -> bytes:
    """The zip with one line of the ledger changed."""
    lines = golden.lines(EVENTS)
    assert old in lines[seq]
    lines[seq] = lines[seq].replace(old, new, 1)
    return put_lines(golden, EVENTS, lines)


@attack("its first 15 entries are not those of its checkpoint")
def turn_a_rejection_into_an_approval(golden: Golden) -> bytes:
    """Whoever holds the envelope's key, and not the signer's state, edits a decision."""
    return put_line(golden, 12, b'"decision":"reject"', b'"decision":"approve"')


@attack("entry 5: another entry stands in its place")
def delete_an_entry(golden: Golden) -> bytes:
    """An entry in the middle has been removed."""
    lines = golden.lines(EVENTS)
    return put_lines(golden, EVENTS, lines[:5] + lines[6:])


@attack("its tail was cut")
def cut_the_tail_off(golden: Golden) -> bytes:
    """The last entry has been removed: here, the one that says that a part was redacted."""
    golden.story.gone.clear()
    del golden.story.entries[-1]
    whole = golden.files[FOLDER + "checkpoints.notes"]
    golden.files = bundle(golden.story, golden.other)
    golden.files[FOLDER + "checkpoints.notes"] = whole
    del golden.files[FOLDER + "instance.leaf"], golden.files[FOLDER + "instance.tlog-proof"]
    return golden.signed()


@attack("entry 4: another entry stands in its place")
def put_entries_into_another_order(golden: Golden) -> bytes:
    """Two entries have changed places."""
    lines = golden.lines(EVENTS)
    lines[4], lines[5] = lines[5], lines[4]
    return put_lines(golden, EVENTS, lines)


@attack("entry 5: another entry stands in its place")
def have_an_entry_twice(golden: Golden) -> bytes:
    """An entry has been repeated."""
    lines = golden.lines(EVENTS)
    return put_lines(golden, EVENTS, [*lines[:5], lines[4], *lines[5:]])


@attack("entry 15: is of another run")
def bring_in_an_entry_of_another_run(golden: Golden) -> bytes:
    """An entry of another run has been added."""
    other = golden.files[EVENTS.replace(golden.story.run, golden.other.run)].splitlines(True)
    return put_lines(golden, EVENTS, [*golden.lines(EVENTS), other[1]])


@attack(NOT_CANONICAL)
def have_a_key_twice(golden: Golden) -> bytes:
    """One parser takes the first value, another the last."""
    return put_line(golden, 12, b'"decision"', b'"decision":"approve","decision"')


@attack(NOT_CANONICAL)
def put_white_space_into_a_line(golden: Golden) -> bytes:
    """The same object, other bytes."""
    return put_line(golden, 1, b'"d":{', b'"d": {')


@attack(NOT_CANONICAL)
def escape_what_needs_no_escape(golden: Golden) -> bytes:
    """The same text, other bytes."""
    return put_line(golden, 1, b'"m-1"', b'"\\u006d-1"')


@attack(NOT_CANONICAL)
def put_keys_into_another_order(golden: Golden) -> bytes:
    """The same object, other bytes."""
    return put_line(golden, 0, b'{"by":"sdk:7f3a","d":', b'{"d":{},"by":"sdk:7f3a","x":')


@attack("entry 0: its line is not JSON in UTF-8")
def write_a_number_with_a_leading_zero(golden: Golden) -> bytes:
    """Some parsers read it as octal."""
    return put_line(golden, 0, b'"seq":0', b'"seq":00')


@attack("has a number that is no whole one")
def put_a_float_into_a_line(golden: Golden) -> bytes:
    """Two languages write it in two ways."""
    return put_line(golden, 2, b'"votes":1', b'"votes":1.0')


@attack("has an integer of 2^53 or more")
def put_a_large_integer_into_a_line(golden: Golden) -> bytes:
    """Some languages round it."""
    return put_line(golden, 2, b'"votes":1', b'"votes":9007199254740993')


@attack("has a number that is no whole one")
def put_not_a_number_into_a_line(golden: Golden) -> bytes:
    """NaN is no JSON, and some parsers take it."""
    return put_line(golden, 2, b'"votes":1', b'"votes":NaN')


@attack("its line is not JSON in UTF-8")
def put_a_lone_surrogate_into_a_line(golden: Golden) -> bytes:
    """Text that no UTF-8 can carry."""
    return put_line(golden, 1, b'"m-1"', b'"\\ud800"')


@attack("is nested deeper than 8")
def nest_a_line_deeply(golden: Golden) -> bytes:
    """A parser that calls itself runs out of stack."""
    return put_line(golden, 1, b'"m-1"', b"[" * 100_000 + b"]" * 100_000)


@attack("does not have exactly the keys of a version 1 line")
def add_a_field_to_a_line(golden: Golden) -> bytes:
    """A field that no reader of version 1 knows."""
    return put_line(golden, 1, b',"v":1', b',"v":1,"w":1')


@attack("entry 1: is of version 2", exit_code=50)
def be_a_line_of_a_later_version(golden: Golden) -> bytes:
    """What another version means is not guessed."""
    return put_line(golden, 1, b',"v":1', b',"v":2')


@attack("its part answer is not what was committed to")
def change_a_part(golden: Golden) -> bytes:
    """The words of an answer have been replaced."""
    golden.change(PARTS, b'"seq":13,"text":"4"', b'"seq":13,"text":"5"')
    return golden.signed()


@attack("its part rationale is not what was committed to")
def let_two_parts_change_places(golden: Golden) -> bytes:
    """Two verdicts' reasons, each with its salt, stand at each other's entries."""
    text = golden.files[PARTS]
    salts = [match[1] for match in re.finditer(rb'"rationale","salt":"([^"]+)"', text)]
    swapped = text.replace(salts[0], b"\0").replace(salts[1], salts[0]).replace(b"\0", salts[1])
    golden.files[PARTS] = swapped
    return golden.signed()


@attack("its part reason is neither shown nor listed as withheld or gone")
def leave_a_part_out_silently(golden: Golden) -> bytes:
    """A part is simply not there."""
    kept = [line for line in golden.lines(PARTS) if b'"reason"' not in line]
    return put_lines(golden, PARTS, kept)


@attack("a part is listed that it does not have")
def show_a_part_that_nobody_committed_to(golden: Golden) -> bytes:
    """A text rides along with an entry, as if it had been reported."""
    lines = golden.lines(PARTS)
    lines.insert(2, opening(1, opened_part(1, "words", b"All was well.")) + b"\n")
    return put_lines(golden, PARTS, lines)


@attack("is no opening in its one form")
def write_a_part_in_another_form(golden: Golden) -> bytes:
    """Text as base64: the same bytes, another line."""
    word = b64encode(b"4").decode().encode()
    golden.change(
        PARTS, b'{"name":"answer"', b'{"base64":"' + word + b'","text":"5","name":"answer"'
    )
    return golden.signed()


@attack("is out of order, or opens a part again")
def open_a_part_twice(golden: Golden) -> bytes:
    """Two openings of one commitment."""
    lines = golden.lines(PARTS)
    return put_lines(golden, PARTS, [lines[0], *lines])


@attack("redacted the part of entry 3 that the bundle shows")
def put_a_redacted_part_back(golden: Golden) -> bytes:
    """Words that were erased are shown, with their true salt, from an old copy."""
    golden.story.gone.clear()
    return zipped(bundle(golden.story, golden.other))


@attack("its part is listed as withheld, and entry 14 redacted it")
def call_a_redacted_part_withheld(golden: Golden) -> bytes:
    """What is gone for good is made to look as if it could be shown."""
    golden.story.gone.clear()
    golden.story.withheld[3, "rationale"] = "the client's business"
    return zipped(bundle(golden.story, golden.other))


@attack("is said to be gone by entry 13, which does not say so")
def call_a_withheld_part_gone(golden: Golden) -> bytes:
    """What could be shown is made to look as if it had been erased."""
    golden.story.gone[4, "answer"] = 13
    return zipped(bundle(golden.story, golden.other))


@attack("is said to be gone by entry 14, which does not say so")
def hide_behind_a_redaction_of_another_part(golden: Golden) -> bytes:
    """A redaction is made to cover more than it names."""
    golden.story.gone[4, "answer"] = 14
    return zipped(bundle(golden.story, golden.other))


@attack("is shown, and entry 15 expired its parts")
def show_what_has_expired(golden: Golden) -> bytes:
    """An entry says that all content before it is gone, and the bundle has it."""
    golden.story.tell_plainly("content.expired", {"before": 10, "policy": "six months"})
    return zipped(bundle(golden.story, golden.other))


@attack("is a text of no part that is shown")
def carry_a_text_of_no_part(golden: Golden) -> bytes:
    """The bytes of a withheld part are still in the zip."""
    golden.files[FOLDER + "blobs/" + "ab" * 32] = b"x" * 70_000
    return golden.signed()


@attack("is missing, or not what its name says")
def put_another_text_into_a_blob(golden: Golden) -> bytes:
    """A large text has been replaced, its name kept."""
    blob = next(name for name in golden.files if "/blobs/" in name)
    golden.files[blob] = golden.files[blob].replace(b"model", b"mouse")
    return golden.signed()


@attack("says other than the ledger")
def put_a_false_summary_on_a_true_ledger(golden: Golden) -> bytes:
    """What people read says something else than what was signed."""
    golden.change(SUMMARY, b'"verdict.given":5', b'"verdict.given":9')
    return golden.signed()


@attack("is about another checkpoint than the run's last")
def prove_another_checkpoint(golden: Golden) -> bytes:
    """The instance's entry is about an earlier state of the run."""
    golden.change(FOLDER + "instance.leaf", b'"size":15', b'"size":14')
    return golden.signed()


@attack("does not lead to the root of its checkpoint")
def prove_by_a_wrong_hash(golden: Golden) -> bytes:
    """A hash of the path has been replaced."""
    name = FOLDER + "instance.tlog-proof"
    lines = golden.lines(name)
    lines[2] = b64encode(bytes(32)) + b"\n"
    return put_lines(golden, name, lines)


@attack("instance.tlog-proof: the path is too long")
def prove_by_a_path_that_is_too_long(golden: Golden) -> bytes:
    """A hash more than the tree has levels."""
    name = FOLDER + "instance.tlog-proof"
    lines = golden.lines(name)
    return put_lines(golden, name, [*lines[:3], b64encode(bytes(32)) + b"\n", *lines[3:]])


@attack("run.opened is the first entry of a run, and only that")
def begin_in_the_middle(golden: Golden) -> bytes:
    """A run without its beginning."""
    lines = golden.lines(EVENTS)
    first = json.loads(lines[1])
    assert first["run"] != LOG
    return put_lines(golden, EVENTS, [lines[1].replace(b'"seq":1', b'"seq":0'), *lines[1:]])


@attack("its last line has no end")
def end_in_the_middle_of_a_line(golden: Golden) -> bytes:
    """The last line has been cut."""
    golden.files[EVENTS] = golden.files[EVENTS][:-1]
    return golden.signed()


@attack("a part is listed of an entry that is not there")
def withhold_a_part_of_no_entry(golden: Golden) -> bytes:
    """A list that names more than there is."""
    more = b'{"name":"answer","reason":"none","seq":99}\n'
    return put_lines(golden, WITHHELD, [*golden.lines(WITHHELD), more])


@attack("is of a kind with a name that no kind has")
def name_a_kind_at_length(golden: Golden) -> bytes:
    """Kinds are counted, and whoever counts must remember their names."""
    return put_line(golden, 13, b'"kind":"run.ended"', b'"kind":"' + b"k" * 99_999 + b'"')


@attack("has entries of more than 1000 kinds")
def have_a_thousand_kinds(golden: Golden) -> bytes:
    """The same with many short names."""
    for index in range(1_000):
        golden.story.tell_plainly(f"kind.{index}", {})
    return zipped(bundle(golden.story, golden.other))
