"""Attacks on checkpoints, signatures and memory: who signed what, and who had seen what."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from deliberation.ledger.canonical import dump
from deliberation.ledger.tree import root_of_leaves
from tests.bundles.attack import CHECKPOINTS, FOLDER, Corpus, Golden
from tests.bundles.build import bundle, evidence, listed, signed, summary, zipped
from tests.bundles.signer import INSTANCE, OPERATOR, STRANGER, Signer, checkpoint

corpus = Corpus()
attack = corpus.attack


def head_of(golden: Golden) -> str:
    """The head that somebody took note of before the attack."""
    return f"{golden.story.run} 15 {b64encode(golden.story.root()).decode()}\n"


def put_notes(golden: Golden, *notes: str) -> bytes:
    """The zip with other checkpoints, and no proof that they are in the instance's log."""
    golden.files[CHECKPOINTS] = "\n".join(notes).encode()
    golden.files.pop(FOLDER + "instance.leaf")
    golden.files.pop(FOLDER + "instance.tlog-proof")
    return golden.signed()


def last(golden: Golden, *, size: int = 15, origin: str = "", signer: Signer = OPERATOR) -> str:
    return signer.note(
        checkpoint(origin or f"{INSTANCE}/runs/{golden.story.run}", size, golden.story.root())
    )


@attack("has no signature by a key that you named")
def sign_all_anew_with_a_strangers_key(golden: Golden) -> bytes:
    """Everything is consistent, and somebody else made it under the operator's name."""
    return zipped(bundle(golden.story, golden.other, signer=STRANGER))


@attack("the signature by inspector.example+db59e179 is wrong")
def sign_with_a_strangers_key_under_the_operators_id(golden: Golden) -> bytes:
    """The same, with the operator's key id, which is no secret."""
    envelope = golden.files["bundle.dsse.json"]
    foreign = signed(golden.files, STRANGER)["bundle.dsse.json"]
    theirs = f"{INSTANCE}+{STRANGER.id.hex()}".encode()
    assert envelope != foreign
    golden.files["bundle.dsse.json"] = foreign.replace(
        theirs, f"{INSTANCE}+{OPERATOR.id.hex()}".encode()
    )
    return golden.as_is()


@attack("its checkpoint of size 1 has no signature by a key that you named")
def sign_only_the_envelope(golden: Golden) -> bytes:
    """A true envelope around checkpoints that a stranger signed."""
    files = evidence(golden.story, golden.other, signer=STRANGER)
    files["data/derived/summary.json"] = summary(files)
    return zipped(signed(files, OPERATOR))


@attack("bundle.dsse.json: has no signature by a key that you named")
def leave_the_signature_out(golden: Golden) -> bytes:
    """Without an envelope there is nothing that could be wrong with it."""
    del golden.files["bundle.dsse.json"]
    return golden.as_is()


@attack("has no checkpoint over all of its 15 entries")
def leave_the_checkpoints_out(golden: Golden) -> bytes:
    """The same with checkpoints."""
    for name in (CHECKPOINTS, FOLDER + "instance.leaf", FOLDER + "instance.tlog-proof"):
        del golden.files[name]
    return golden.signed()


@attack("has no checkpoint over all of its 15 entries")
def add_entries_after_the_last_checkpoint(golden: Golden) -> bytes:
    """Entries that nobody signed stand after those that somebody did."""
    first = golden.files[CHECKPOINTS].decode().split("\n\n— ")[0]
    assert first.endswith("=")
    story = golden.story
    note = OPERATOR.note(checkpoint(f"{INSTANCE}/runs/{story.run}", 13, story.root(13)))
    return put_notes(golden, note)


@attack("is a statement about another bundle")
def take_the_signature_of_another_bundle(golden: Golden) -> bytes:
    """A true signature over something else."""
    other = bundle(golden.other)
    golden.files["bundle.dsse.json"] = other["bundle.dsse.json"]
    return golden.as_is()


@attack("its statement names other runs, sizes or roots")
def state_another_root(golden: Golden) -> bytes:
    """The statement that is signed says another root than the lines have."""
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicate": {"instance": INSTANCE, "runs": []},
        "predicateType": "urn:deliberation:audit-bundle:v1",
        "subject": [
            {
                "digest": {"sha256": sha256(golden.files["tagmanifest-sha256.txt"]).hexdigest()},
                "name": "tagmanifest-sha256.txt",
            }
        ],
    }
    golden.files["bundle.dsse.json"] = OPERATOR.envelope(dump(statement))
    return golden.as_is()


@attack("a checkpoint has 16 entries and the ledger 15")
def say_a_size_that_is_one_too_many(golden: Golden) -> bytes:
    """Most proofs also hold under a wrong size; so size and root are signed together."""
    return put_notes(golden, last(golden, size=16))


@attack("its first 15 entries are not those of its checkpoint")
def sign_another_history(golden: Golden) -> bytes:
    """The lines are not those that were signed."""
    note = checkpoint(f"{INSTANCE}/runs/{golden.story.run}", 15, root_of_leaves([b"x" * 32]))
    return put_notes(golden, OPERATOR.note(note))


@attack("has a checkpoint with the origin of another log")
def show_the_checkpoint_of_another_run(golden: Golden) -> bytes:
    """A true checkpoint of another log."""
    return put_notes(golden, last(golden, origin=f"{INSTANCE}/runs/{golden.other.run}"))


@attack("a checkpoint's size is not a plain number: '015'")
def write_a_size_with_a_leading_zero(golden: Golden) -> bytes:
    """The same number, other bytes."""
    return put_notes(golden, last(golden).replace("\n15\n", "\n015\n"))


@attack("a note has more than 64 signature lines")
def sign_ten_thousand_times(golden: Golden) -> bytes:
    """Each line costs whoever checks it."""
    note = last(golden)
    lines = "".join(f"— a{at} {b64encode(bytes(5)).decode()}\n" for at in range(2_000))
    return put_notes(golden, note + lines)


@attack("a note has two signatures by one key")
def sign_twice_with_one_key(golden: Golden) -> bytes:
    """Two signatures of one key, of which one reader checks the first and one the last."""
    note = last(golden)
    return put_notes(golden, note + note.splitlines()[-1] + "\n")


@attack("a note has more than 65536 bytes")
def sign_ten_thousand_times_at_length(golden: Golden) -> bytes:
    """The same, in a note too large to be split into lines."""
    line = f"— {INSTANCE} {b64encode(bytes(68)).decode()}\n"
    return put_notes(golden, last(golden) + line * 10_000)


@attack("a checkpoint has exactly three lines: origin, size and root")
def add_a_line_to_a_checkpoint(golden: Golden) -> bytes:
    """A line that is signed along and that nobody checks."""
    text = checkpoint(f"{INSTANCE}/runs/{golden.story.run}", 15, golden.story.root())
    return put_notes(golden, OPERATOR.note(text + "and all of it is true\n"))


@attack("has a wrong signature by inspector.example+db59e179")
def damage_the_signature_of_a_checkpoint(golden: Golden) -> bytes:
    """A line of a key that you know, with other bytes."""
    good = OPERATOR.note("x\n1\ny\n").splitlines()[-1]
    note = last(golden)
    return put_notes(golden, note.replace(note.splitlines()[-1], good))


@attack("the instance's checkpoint has no signature by a key that you named")
def prove_inclusion_in_a_strangers_log(golden: Golden) -> bytes:
    """The run's own checkpoints are true, the log that is said to hold them is not the operator's."""
    theirs = evidence(golden.story, golden.other, signer=STRANGER)
    golden.files[FOLDER + "instance.tlog-proof"] = theirs[FOLDER + "instance.tlog-proof"]
    return golden.signed()


@attack("its first 15 entries are not those that you hold a head of", exit_code=30, heads=head_of)
def rewrite_history_with_the_real_key(golden: Golden) -> bytes:
    """Whoever has all keys can do this. Only a head that somebody kept finds it."""
    story = Golden().story
    story.entries[12:13] = []
    story.entries, kept = story.entries[:12], story.entries
    assert kept
    story.gone.clear()
    story.withheld.clear()
    for index in range(4):
        story.tell_plainly("state.reported", {"state": f"fine{index}"})
    return zipped(bundle(story, golden.other))


@attack("ends after 12 entries, and you hold a head of 15", exit_code=30, heads=head_of)
def roll_back_to_an_earlier_state(golden: Golden) -> bytes:
    """An honest bundle of last week, shown instead of today's."""
    del golden.story.entries[12:]
    golden.story.gone.clear()
    return zipped(bundle(golden.story, golden.other))


@attack("anybody may have made it", exit_code=20, trusts=False)
def be_checked_without_a_key(golden: Golden) -> bytes:
    """A stranger's bundle, for somebody who names no key: never 0."""
    return zipped(bundle(golden.story, golden.other, signer=STRANGER))


@attack("anybody may have made it", exit_code=20, trusts=False)
def carry_no_signature_at_all(golden: Golden) -> bytes:
    """The same without any signature."""
    files = golden.story.files()
    files["data/derived/summary.json"] = summary(files)
    return zipped(listed(files))


@attack("the runs' checkpoints are of several instances")
def mix_two_instances(golden: Golden) -> bytes:
    """Each run is true, and they are of two servers."""
    story = golden.story
    origin = f"elsewhere.example/runs/{story.run}"
    note = Signer("elsewhere.example", "x").note(checkpoint(origin, 15, story.root()))
    return put_notes(golden, note)
