"""A receipt alone shows one entry to whoever trusts the key, and one that was tampered with shows nothing."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from deliberation.bundle.heads import KnownHead
from deliberation.bundle.keys import read_key
from deliberation.bundle.receipt import MAX_RECEIPT_BYTES, ReceiptReport, verify_receipt
from deliberation.bundle.verdict import Verdict
from deliberation.cli import main
from tests.bundles.signer import INSTANCE, OPERATOR, STRANGER, Signer, checkpoint
from tests.bundles.story import OTHER_RUN, RUN, Story, tell_story
from traces.audit.proofs import Growth, inclusion

STORY = tell_story()
SIZE = len(STORY.entries)
KEY = read_key(OPERATOR.line)


def receipt(
    seq: int = 3,
    *,
    story: Story = STORY,
    size: int = SIZE,
    signer: Signer = OPERATOR,
    origin: str = f"{INSTANCE}/runs/{RUN}",
) -> str:
    leaves = [entry.leaf for entry in story.entries[:size]]
    path = inclusion(Growth(0, (), leaves), seq)
    return "\n".join(
        [
            "c2sp.org/tlog-proof@v1",
            f"extra {b64encode(story.entries[seq].line).decode()}",
            f"index {seq}",
            *(b64encode(each).decode() for each in path),
            "",
            signer.note(checkpoint(origin, size, story.root(size))),
        ]
    )


def verified(text: str, **trusted: object) -> ReceiptReport:
    return verify_receipt(io.BytesIO(text.encode()), **{"keys": [KEY], **trusted})


def test_it_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "receipt.tlog-proof"
    for seq in range(SIZE):
        kept.write_text(receipt(seq))
        assert main(["verify", str(kept), "--trust", OPERATOR.line]) == 10
        said = capsys.readouterr().out
        assert said.startswith("SIGNED: ")
        assert f"entry {seq}" in said
        assert "Not proven:" in said
    assert main(["verify", str(kept), "--json"]) == 20
    told = json.loads(capsys.readouterr().out)
    line = STORY.entries[SIZE - 1].line.decode()
    assert (told["entry"]["line"], told["entry"]["seq"]) == (line, SIZE - 1)


def test_a_head_that_was_kept_says_that_it_was_seen_before_or_contradicts() -> None:
    kept = KnownHead(RUN, SIZE, STORY.root())
    assert verified(receipt(), heads=[kept]).verdict == Verdict.VERIFIED
    others = [KnownHead(RUN, 2, STORY.root(2)), KnownHead(OTHER_RUN, SIZE, bytes(32))]
    assert verified(receipt(), heads=others).verdict == Verdict.SIGNED
    assert verified(receipt(), heads=[KnownHead(RUN, SIZE, bytes(32))]).verdict == Verdict.DIVERGED


def test_a_receipt_of_the_first_of_one_entry_has_no_path() -> None:
    assert verified(receipt(0, size=1)).verdict == Verdict.SIGNED


ATTACKS: dict[str, tuple[Callable[[], str], str]] = {
    "another line": (
        lambda: receipt().replace(
            b64encode(STORY.entries[3].line).decode(),
            b64encode(STORY.entries[3].line.replace(b"n0", b"n9")).decode(),
        ),
        "does not lead to the root",
    ),
    "a line that is not canonical": (
        lambda: receipt().replace(
            b64encode(STORY.entries[3].line).decode(),
            b64encode(STORY.entries[3].line + b" ").decode(),
        ),
        "entry 3: its line",
    ),
    "another place": (lambda: receipt().replace("index 3", "index 4"), "numbered otherwise"),
    "no line": (
        lambda: "\n".join(each for each in receipt().split("\n") if "extra" not in each),
        "its extra is not the line",
    ),
    "bits that stray": (lambda: receipt().replace("extra ", "extra  "), "its extra is not"),
    "another run": (
        lambda: receipt(origin=f"{INSTANCE}/runs/{OTHER_RUN}"),
        "is of another run",
    ),
    "the log of the instance": (lambda: receipt(origin=INSTANCE), "its checkpoint is of no run"),
    "a stranger's key": (lambda: receipt(signer=STRANGER), "no signature by a key that you named"),
    "another root under the signature": (
        lambda: receipt().replace(b64encode(STORY.root()).decode(), b64encode(bytes(32)).decode()),
        "does not lead to the root",
    ),
    "another size under the signature": (
        lambda: receipt().replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n"),
        "",
    ),
    "a hash too many": (
        lambda: receipt().replace("index 3\n", f"index 3\n{b64encode(bytes(32)).decode()}\n"),
        "",
    ),
    "a hash that is none": (lambda: receipt().replace("index 3\n", "index 3\nAAAA\n"), "no hash"),
    "no note": (lambda: receipt().partition("\n\n")[0], "not of the form"),
    "a signature cut off": (lambda: receipt()[:-3], ""),
    "too much": (lambda: receipt() + "x" * MAX_RECEIPT_BYTES, "has more than"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_was_tampered_with_is_invalid(name: str) -> None:
    attack, reason = ATTACKS[name]
    report = verified(attack())
    assert report.verdict == Verdict.INVALID
    assert reason in report.reason
    assert [each.status for each in report.checks].count("fail") == 1


def test_every_flipped_byte_is_found() -> None:
    whole = receipt().encode()
    for at in range(len(whole)):
        flipped = bytes([*whole[:at], whole[at] ^ 1, *whole[at + 1 :]])
        report = verify_receipt(io.BytesIO(flipped), keys=[KEY])
        assert report.verdict in (Verdict.INVALID, Verdict.UNSUPPORTED), at


def test_what_a_line_says_reaches_no_terminal_as_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = Story(RUN)
    story.tell_plainly("run.opened", {"words": "\x1b[2J\u202e"})
    kept = tmp_path / "receipt"
    kept.write_text(receipt(0, story=story, size=1))
    assert main(["verify", str(kept), "--trust", OPERATOR.line]) == 10
    assert "\x1b" not in capsys.readouterr().out
