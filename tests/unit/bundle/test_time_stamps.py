"""Time stamps in bundles: what they prove, what they do not, and that this is said."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.bundle import time_stamps, verify
from deliberation.bundle.time_stamps import BadStamp, make_query, read_authority
from deliberation.bundle.verdict import Misuse
from deliberation.cli import main
from tests.bundles.attack import Golden
from tests.bundles.attacks_stamps import AUTHORITY, IN_TIME, LATE, stamped_files
from tests.bundles.build import anchor_name
from tests.bundles.signer import OPERATOR

needs_library = pytest.mark.skipif(not time_stamps.IS_AVAILABLE, reason=time_stamps.MISSING)
STAMP = AUTHORITY.stamp(b"a checkpoint", IN_TIME, nonce=5)


@pytest.fixture
def pem(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_bytes(AUTHORITY.pem)
    return str(path)


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    return written(tmp_path, IN_TIME)


def written(folder: Path, at: dt.datetime) -> str:
    golden = Golden()
    golden.files |= stamped_files(AUTHORITY, at)
    path = folder / "stamped.zip"
    path.write_bytes(golden.signed())
    return str(path)


def said(capsys, *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    return code, capsys.readouterr().out


@needs_library
def test_it_works(capsys, bundle, pem):
    code, text = said(capsys, "verify", bundle, "--trust", OPERATOR.line, "--tsa-ca", pem)
    assert code == 0
    assert text.startswith("VERIFIED: ")
    assert f"stamped at {IN_TIME:%Y-%m-%dT%H:%M:%SZ} by CN=Time of tests: 15 entries of run" in text
    assert "in the day before its time stamps" in text
    assert "when anything was" not in text


@needs_library
def test_as_json_too(capsys, bundle, pem):
    code, text = said(capsys, "verify", bundle, "--trust", OPERATOR.line, "--tsa-ca", pem, "--json")
    report = json.loads(text)
    assert (code, report["verdict"]) == (0, "VERIFIED")
    assert [(each["entries"], each["by"]) for each in report["stamped"]] == [
        (15, "CN=Time of tests"),
        (report["runs"][1]["entries"], "CN=Time of tests"),
    ]
    assert report["runs"][0]["stamped_in_time"] == 15


@needs_library
def test_a_stamp_needs_a_key_beside_it(capsys, bundle, pem):
    assert said(capsys, "verify", bundle, "--tsa-ca", pem)[0] == 20


def test_stamps_that_nobody_asked_about_are_said_to_be_unchecked(capsys, bundle):
    code, text = said(capsys, "verify", bundle, "--trust", OPERATOR.line)
    assert code == 10
    assert "2 present, not checked: name their authority with --tsa-ca" in text
    assert "what the time stamps in the bundle say: they were not checked" in text


def test_nor_are_they_checked_where_the_library_is_missing(capsys, bundle, pem, monkeypatch):
    for module in (time_stamps, verify):
        monkeypatch.setattr(module, "IS_AVAILABLE", False)
    code, text = said(capsys, "verify", bundle, "--trust", OPERATOR.line, "--tsa-ca", pem)
    assert code == 10
    assert "2 present, not checked: rfc3161-client is not installed" in text


@needs_library
def test_a_stamp_of_more_than_a_day_later_proves_a_time_and_no_more(capsys, tmp_path, pem):
    bundle = written(tmp_path, LATE)
    code, text = said(capsys, "verify", bundle, "--trust", OPERATOR.line, "--tsa-ca", pem)
    assert code == 10
    assert f"stamped at {LATE:%Y-%m-%dT%H:%M:%SZ}" in text
    assert "could have written it anew" in text


@needs_library
@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"no certificates\n", "has no certificates in PEM"), (b"", "no certificates in PEM")],
)
def test_a_file_of_certificates_must_have_a_root(tmp_path, data, reason):
    path = tmp_path / "ca.pem"
    path.write_bytes(data)
    with pytest.raises(Misuse, match=reason):
        read_authority(path)


@needs_library
def test_a_stamp_answers_the_question_that_was_asked(pem):
    authority = read_authority(pem)
    query = make_query(b"a checkpoint")
    right = AUTHORITY.stamp(b"a checkpoint", IN_TIME, nonce=query.nonce)
    assert authority.check(right, b"a checkpoint", nonce=query.nonce).at == IN_TIME
    with pytest.raises(BadStamp, match="Nonce mismatch"):
        authority.check(STAMP, b"a checkpoint", nonce=query.nonce)
    bare = AUTHORITY.stamp(b"a checkpoint", IN_TIME, carries=False)
    with pytest.raises(BadStamp, match="does not carry its signer's certificate"):
        authority.check(bare, b"a checkpoint")


@needs_library
@given(st.integers(0, len(STAMP) - 1), st.integers(1, 255))
def test_whatever_is_changed_in_a_stamp_it_is_refused_or_says_the_same(at, mask):
    changed = bytearray(STAMP)
    changed[at] ^= mask
    authority = time_stamps.Authority((AUTHORITY.root,))
    try:
        assert authority.check(bytes(changed), b"a checkpoint", nonce=5).at == IN_TIME
    except BadStamp:
        return


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_openssl_says_the_same_of_what_lies_in_the_bundle(tmp_path, pem):
    golden = Golden()
    golden.files |= stamped_files(AUTHORITY)
    name = anchor_name(golden.story)
    (tmp_path / "note").write_bytes(golden.files[name + ".tlog-proof"].partition(b"\n\n")[2])
    (tmp_path / "stamp.tsr").write_bytes(golden.files[name + ".tsr"])
    assert checked_by_openssl(tmp_path, pem) == 0
    (tmp_path / "note").write_bytes(b"another\n")
    assert checked_by_openssl(tmp_path, pem) != 0


def checked_by_openssl(folder: Path, pem: str) -> int:
    command = ["openssl", "ts", "-verify", "-in", "stamp.tsr", "-data", "note", "-CAfile", pem]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode
