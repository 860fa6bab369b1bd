"""README.txt of a bundle: for whoever opens it years later and has nothing else."""

from __future__ import annotations

README = """\
An audit bundle: the record of one or several deliberations, as they stood in the ledger of the server that made it.

What is what
  report.html            to be read, and printed; the words of whoever made this bundle
  data/evidence          the record itself: one folder for each run
    events.jsonl         what happened, one line each, in order; the lines that were hashed
    parts.jsonl, blobs/  the texts, each with the salt that opens its commitment in events.jsonl
    withheld.jsonl       texts that are not shown, each with the reason, or with the entry that removed it for good
    checkpoints.notes    what was signed of the run, and when it had how many entries
  data/evidence/anchors  time stamps (RFC 3161) that cover a run, where there are any, and what leads to them
  data/derived           computed from the record, to be convenient
  manifest-sha256.txt, tagmanifest-sha256.txt, bagit.txt, bag-info.txt   a BagIt 1.0 bag (RFC 8493)
  bundle.dsse.json       the signature over all of this, where there is one

How to check it, without trusting whoever made it
  pip install deliberation
  deliberation verify BUNDLE.zip --trust KEY --known-head HEADS
KEY is the operator's public key, and HEADS a file of heads of this run that you kept: both from a source other than
this bundle. Without them the check shows that the bundle is consistent in itself, and no more. Unpacked,
  sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt
compares every file with its list. With --tsa-ca CA.pem, the root of the authority, time stamps are checked too
(pip install 'deliberation[tsa]').

What it does not prove
  That what was reported is true, or that everything was reported: it proves what reached the server.
  That a model's stated reasoning caused its answer.
  That clocks were right.
  What the withheld and removed texts said.
  That nobody who holds the key wrote the record anew before you kept a head of it.
"""
