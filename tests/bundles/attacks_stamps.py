"""Attacks on time stamps: of other bytes, by other authorities, too late, and without what leads to them.

The reader names the authority. Where nobody can read time stamps, a bundle whose structure holds gets what the rest
comes to.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.bundles.attack import Corpus, Golden
from tests.bundles.authority import TimeAuthority
from tests.bundles.build import anchor_name, anchors, proof
from tests.bundles.signer import OPERATOR, STRANGER
from tests.bundles.story import NOON

AUTHORITY = TimeAuthority()
NAMESAKE = TimeAuthority()
EXPIRED = TimeAuthority("Expired", until=dt.datetime(2021, 1, 1))
OF_CODE = TimeAuthority("Of code", usage=(ExtendedKeyUsageOID.CODE_SIGNING,))
IN_TIME = dt.datetime.fromtimestamp(NOON // 10**9 + 3600, dt.UTC)
LATE = IN_TIME + dt.timedelta(days=1)

corpus = Corpus()
attack = corpus.attack
SIGNED = {"certificates": AUTHORITY.pem, "unstamped": 10}
BUILT = {"certificates": AUTHORITY.pem}


@cache
def stamped_files(authority: TimeAuthority, at: dt.datetime = IN_TIME) -> dict[str, bytes]:
    golden = Golden()
    return anchors(golden.story, golden.other, authority=authority, at=at)


def stamped(golden: Golden, authority: TimeAuthority = AUTHORITY) -> str:
    """Give the bundle its anchors; return how the first run's is called."""
    golden.files |= stamped_files(authority)
    return anchor_name(golden.story)


def note_of(golden: Golden, name: str) -> bytes:
    return golden.files[name + ".tlog-proof"].partition(b"\n\n")[2]


@attack("does not hold", **SIGNED)
def flip_a_bit_of_a_stamp(golden: Golden) -> bytes:
    """The last byte is of the signature."""
    name = stamped(golden) + ".tsr"
    golden.files[name] = golden.files[name][:-1] + bytes([golden.files[name][-1] ^ 1])
    return golden.signed()


@attack("Mismatch between messages", **SIGNED)
def take_the_stamp_of_another_root(golden: Golden) -> bytes:
    """A true stamp of the same authority, over something else."""
    golden.files[stamped(golden) + ".tsr"] = AUTHORITY.stamp(b"another checkpoint", IN_TIME)
    return golden.signed()


@attack("self-signed certificate in certificate chain", **SIGNED)
def let_another_authority_stamp(golden: Golden) -> bytes:
    """All is right with it, and the reader trusts another one, of the same name."""
    stamped(golden, NAMESAKE)
    return golden.signed()


@attack("certificate has expired", certificates=EXPIRED.pem, unstamped=10)
def stamp_with_a_certificate_that_has_expired(golden: Golden) -> bytes:
    """The certificate was good once, and not when it stamped."""
    stamped(golden, EXPIRED)
    return golden.signed()


@attack("unsuitable certificate purpose", certificates=OF_CODE.pem, unstamped=10)
def stamp_with_a_certificate_for_something_else(golden: Golden) -> bytes:
    """Under the right root, for signing programs."""
    stamped(golden, OF_CODE)
    return golden.signed()


@attack("the authority gave none (status 2)", **SIGNED)
def show_a_rejection_as_a_stamp(golden: Golden) -> bytes:
    """The authority's answer was no."""
    golden.files[stamped(golden) + ".tsr"] = bytes.fromhex("30053003020102")
    return golden.signed()


@attack("no head of yours covers all of it, and no prompt time stamp", exit_code=10, **BUILT)
def stamp_a_history_that_was_written_anew(golden: Golden) -> bytes:
    """The stamp is true, and of more than a day after what the entries say: it may have been rewritten before."""
    golden.files |= stamped_files(AUTHORITY, LATE)
    return golden.signed()


@attack("no head of yours covers all of it, and no prompt time stamp", exit_code=10, **BUILT)
def stamp_one_run_of_two(golden: Golden) -> bytes:
    """What is true of the one run says nothing about the other."""
    golden.files |= anchors(golden.story, authority=AUTHORITY, at=IN_TIME)
    return golden.signed()


@attack("does not lead to the root of its checkpoint", **BUILT)
def put_another_checkpoint_under_a_stamp(golden: Golden) -> bytes:
    """The stamped checkpoint is a true one, of another state of the instance's log."""
    name = stamped(golden)
    other = proof([b"a", b"b"], 0, OPERATOR).partition("\n\n")[2].encode()
    golden.change(name + ".tlog-proof", note_of(golden, name), other)
    golden.files[name + ".tsr"] = AUTHORITY.stamp(other, IN_TIME)
    return golden.signed()


@attack("what was stamped has no signature by a key that you named", **BUILT)
def stamp_what_a_stranger_signed(golden: Golden) -> bytes:
    """The instance's checkpoint under the stamp is signed by somebody else."""
    name = stamped(golden)
    text = note_of(golden, name).decode().partition("\n\n")[0]
    theirs = STRANGER.note(text + "\n").encode()
    golden.change(name + ".tlog-proof", note_of(golden, name), theirs)
    golden.files[name + ".tsr"] = AUTHORITY.stamp(theirs, IN_TIME)
    return golden.signed()


@attack("is about another checkpoint than", **BUILT)
def anchor_a_run_by_the_entry_of_another(golden: Golden) -> bytes:
    """A true stamp, and a true entry about another run."""
    name, other = stamped(golden), anchor_name(golden.other)
    for ending in (".leaf", ".tlog-proof", ".tsr"):
        golden.files[name + ending] = golden.files[other + ending]
    return golden.signed()


@attack("is about no checkpoint that the run has", **BUILT)
def anchor_more_than_the_run_has(golden: Golden) -> bytes:
    """An anchor of a size at which nothing was signed."""
    name = stamped(golden)
    for ending in (".leaf", ".tlog-proof", ".tsr"):
        golden.files[name.replace("/15", "/14") + ending] = golden.files.pop(name + ending)
    return golden.signed()


@attack("15.tsr: is missing", **BUILT)
def leave_a_stamp_out(golden: Golden) -> bytes:
    """What leads to a stamp, without it."""
    del golden.files[stamped(golden) + ".tsr"]
    return golden.signed()


@attack("is no file that an anchor of a run has", **BUILT)
def add_a_file_beside_the_anchors(golden: Golden) -> bytes:
    """What is not checked is not carried along."""
    golden.files[stamped(golden) + ".pem"] = AUTHORITY.pem
    return golden.signed()


@attack("15.tsr: has more than 65536 bytes", **BUILT)
def make_a_stamp_huge(golden: Golden) -> bytes:
    """A stamp has a kilobyte or a few."""
    golden.files[stamped(golden) + ".tsr"] = bytes(65_537)
    return golden.signed()
