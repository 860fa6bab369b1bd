"""Attacks on `disclosure.json`, made with the operator's own key for the envelope: only the ledger contradicts."""

from __future__ import annotations

from deliberation.bundle.layout import DISCLOSURE
from tests.bundles.attack import Corpus, Golden
from tests.bundles.build import disclosure

corpus = Corpus()
attack = corpus.attack
OTHER_THAN_THE_LEDGER = "data/derived/disclosure.json: says other than the ledger"


def edit(golden: Golden, old: bytes, new: bytes) -> bytes:
    """The zip with a true disclosure of which a word was changed."""
    golden.files[DISCLOSURE] = disclosure(golden.files)
    golden.change(DISCLOSURE, old, new)
    return golden.signed()


@attack(OTHER_THAN_THE_LEDGER)
def disclose_more_acceptances(golden: Golden) -> bytes:
    """A verifier is said to have accepted once more."""
    return edit(golden, b"unit test (accept 5", b"unit test (accept 6")


@attack(OTHER_THAN_THE_LEDGER)
def disclose_nothing_withheld(golden: Golden) -> bytes:
    """What was left out is passed over in the disclosure, and listed where hardly anybody looks."""
    return edit(golden, b"This bundle withholds 1 text", b"This bundle withholds 0 text")


@attack(OTHER_THAN_THE_LEDGER)
def disclose_with_other_entries(golden: Golden) -> bytes:
    """An answer cites entries that do not support it."""
    return edit(golden, b'"evidence":[1]', b'"evidence":[0]')


@attack(OTHER_THAN_THE_LEDGER)
def leave_a_run_out_of_the_disclosure(golden: Golden) -> bytes:
    """The disclosure is that of a bundle of one of the two runs."""
    whole = disclosure(golden.files)
    first, _, _ = whole.partition(b',{"answers"')
    golden.files[DISCLOSURE] = first + b"]}\n"
    return golden.signed()


@attack("is of another version", exit_code=50)
def disclose_in_a_later_version(golden: Golden) -> bytes:
    """Words that this verifier does not know: it must say so, and neither pass nor call it a forgery."""
    return edit(golden, b"deliberation-disclosure/1", b"deliberation-disclosure/2")
