"""The commands: exit codes, what they print, and that nothing from a bundle reaches a terminal as a command."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from deliberation.bundle.dsse import pre_authentication
from deliberation.cli import main
from tests.bundles.attack import Golden
from tests.bundles.build import bundle, zipped
from tests.bundles.golden import FOLDER
from tests.bundles.signer import OPERATOR
from tests.bundles.story import OTHER_RUN, RUN, tell_story

KEY = str(FOLDER / "key.txt")
ONE, TWO = str(FOLDER / "v1-one-run.zip"), str(FOLDER / "v1-two-runs.zip")
CLOSED = str(FOLDER / "v1-withheld-and-redacted.zip")


@pytest.fixture
def said(capsys):
    """Runs a command; gives its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str]:
        code = main(arguments)
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def test_it_works(said):
    code, text = said("verify", ONE, "--trust", OPERATOR.line)
    assert code == 10
    assert text.startswith("SIGNED: ")
    assert "Not proven:" in text


def test_the_exit_code_is_the_verdict(said, tmp_path):
    flipped = tmp_path / "flipped.zip"
    flipped.write_bytes(Path(ONE).read_bytes().replace(b'"m-1"', b'"m-2"'))
    assert said("verify", ONE)[0] == 20
    assert said("verify", ONE, "--trust", KEY)[0] == 10
    assert said("verify", TWO, "--trust", KEY, "--known-head", str(FOLDER / "heads.txt"))[0] == 0
    assert said("verify", str(flipped))[0] == 40


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["verify", "/nowhere.zip"], "cannot be read"),
        (["verify", ONE, "--trust", "/nowhere"], "key file cannot be read"),
        (["verify", ONE, "--trust", "a+b+c"], "a key is written"),
        (["verify", ONE, "--known-head", ONE], "file of heads cannot be read"),
        (["verify", ONE, "--known-head", KEY], "not a head"),
        (
            ["verify", ONE, "--tsa-ca", "/nowhere.pem"],
            "certificates of the time stamps cannot be read",
        ),
        (["show", ONE, "--seq", "99"], "no run has an entry 99"),
        (["show", TWO, "--seq", "0"], "name one with --run"),
    ],
)
def test_a_wrong_call_says_what_was_wrong(said, arguments, reason):
    code, text = said(*arguments)
    assert code == 2
    assert reason in text


def test_the_report_as_json_says_the_same(said):
    code, text = said("verify", CLOSED, "--trust", KEY, "--json")
    report = json.loads(text)
    assert (report["verdict"], report["exit_code"]) == ("SIGNED", code)
    assert {each["status"] for each in report["checks"]} == {"pass"}
    assert report["runs"][0]["parts"] == {"shown": 12, "withheld": 1, "gone": 1}
    assert report["not_proven"]


def test_an_entry_is_shown_with_its_parts_and_those_that_are_not_there(said):
    _, text = said("show", CLOSED, "--seq", "2")
    assert "part answer: not shown (the client's business)" in text
    _, text = said("show", CLOSED, "--seq", "3")
    assert "part rationale: not shown (gone by entry 14)" in text
    _, text = said("show", TWO, "--seq", "1", "--run", OTHER_RUN, "--json")
    assert json.loads(text)["parts"] == {"name": "sum", "task": "2 + 2?"}


def test_a_large_text_is_shown_from_its_own_file(said):
    _, text = said("show", ONE, "--seq", "8")
    assert "All that the model thought, at length." in text


def test_nothing_from_a_bundle_reaches_a_terminal_as_a_command(said, tmp_path):
    hostile = tmp_path / "hostile.zip"
    story = tell_story()
    story.withheld[2, "answer"] = "\x1b]0;owned\x07 \u202e\x9b2J"
    hostile.write_bytes(zipped(bundle(story)))
    calls = [["show", str(hostile), "--seq", str(seq)] for seq in range(len(story.entries))]
    for call in [["verify", str(hostile)], *calls]:
        for form in ([], ["--json"]):
            _, text = said(*call, *form)
            assert all(c.isprintable() or c == "\n" for c in text)
    assert "four \\u001b]0;owned\\u0007\\u001b[2J" in said("show", str(hostile), "--seq", "4")[1]


def test_a_bundle_that_goes_on_is_told_from_one_that_was_rewritten(said, tmp_path):
    old, new, other = (tmp_path / name for name in ("old.zip", "new.zip", "other.zip"))
    story = tell_story()
    old.write_bytes(zipped(bundle(story)))
    story.tell_plainly("state.reported", {"state": "fine"})
    new.write_bytes(zipped(bundle(story)))
    rewritten = tell_story(candidates=4)
    for _ in range(9):
        rewritten.tell_plainly("state.reported", {"state": "fine"})
    other.write_bytes(zipped(bundle(rewritten)))
    paths = str(old), str(new)
    assert said("compare", *paths)[0] == 20
    assert said("compare", *paths, "--trust", KEY)[0] == 10  # the last entry had not been seen
    assert said("compare", str(old), str(old), "--trust", KEY)[0] == 0
    assert said("compare", *reversed(paths))[0] == 30
    assert said("compare", str(old), str(other))[0] == 30
    assert said("compare", str(old), str(FOLDER / "key.txt"))[0] == 40


def test_bundles_without_a_run_in_common_cannot_be_compared(said, tmp_path):
    path = tmp_path / "other.zip"
    path.write_bytes(zipped(bundle(tell_story(OTHER_RUN))))
    code, text = said("compare", ONE, str(path))
    assert (code, "no run in common" in text) == (2, True)


def test_the_tools_that_everybody_has_agree(tmp_path):
    """`sha256sum -c` on both manifests, `openssl` on envelope and checkpoint."""
    files = Golden().files
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        run(tmp_path, "sha256sum", "--quiet", "-c", manifest)
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    pem = tmp_path / "key.der"
    pem.write_bytes(bytes.fromhex("302a300506032b6570032100") + OPERATOR.public)
    envelope = json.loads(files["bundle.dsse.json"])
    message = pre_authentication(b64decode(envelope["payload"]))
    check_with_openssl(tmp_path, message, b64decode(envelope["signatures"][0]["sig"]))
    note = files[f"data/evidence/runs/{RUN}/checkpoints.notes"].decode()
    text, _, signed = note.partition("\n\n")
    signature = b64decode(signed.splitlines()[0].split(" ")[-1])
    check_with_openssl(tmp_path, text.encode() + b"\n", signature[4:])


def check_with_openssl(folder: Path, message: bytes, signature: bytes) -> None:
    (folder / "message").write_bytes(message)
    (folder / "signature").write_bytes(signature)
    of_key = ["-pubin", "-keyform", "DER", "-inkey", "key.der"]
    given = ["-in", "message", "-sigfile", "signature"]
    run(folder, "openssl", "pkeyutl", "-verify", *of_key, "-rawin", *given)


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
