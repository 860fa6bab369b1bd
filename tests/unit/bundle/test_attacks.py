"""Every attack of the corpus gets its exit code and its reason: with fast libraries here, with none as installed."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from flit_core.buildapi import build_wheel
from hypothesis import given
from hypothesis import strategies as st

from deliberation.bundle import time_stamps
from deliberation.bundle.heads import read_heads
from deliberation.bundle.keys import read_key
from deliberation.bundle.verify import verify
from tests.architecture.tree import TREE
from tests.bundles.attack import Attack, Golden
from tests.bundles.corpus import ATTACKS
from tests.bundles.signer import OPERATOR

EACH = """
import contextlib, importlib.util, io, json, sys
from deliberation.bundle import signatures
from deliberation.cli import main
assert "site-packages" in signatures.__file__ and signatures.IMPLEMENTATION == "standard library"
assert not any(map(importlib.util.find_spec, ("django", "orjson", "cryptography")))
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = main(["verify", "--json", *json.loads(line)])
    print(json.dumps([code, json.loads(said.getvalue())["reason"]]))
"""
KEY = read_key(OPERATOR.line)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, tuple[Path, list[str], str]]:
    """Each attack's zip, its files of heads, and the file of certificates or an empty name."""
    folder = tmp_path_factory.mktemp("attacks")
    found = {}
    for attack in ATTACKS:
        golden = Golden()
        heads = []
        if attack.heads:
            heads = [str(folder / f"{attack.name}.heads")]
            Path(heads[0]).write_text(attack.heads(golden))
        path = folder / f"{attack.name}.zip"
        path.write_bytes(attack.make(golden))
        pem = folder / f"{attack.name}.pem"
        pem.write_bytes(attack.certificates)
        found[attack.name] = path, heads, str(pem) if attack.certificates else ""
    return found


def test_it_works():
    assert verify(io.BytesIO(Golden().as_is()), keys=[KEY]).verdict == 10


def test_there_are_at_least_35_attacks_and_each_says_what_it_is():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 35
    assert all(attack.make.__doc__ for attack in ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_gets_its_exit_code_and_its_reason(attack: Attack, made):
    path, heads, pem = made[attack.name]
    if attack.unstamped is not None and not time_stamps.IS_AVAILABLE:
        pytest.skip(time_stamps.MISSING)
    authority = time_stamps.read_authority(pem) if pem else None
    keys = [KEY] if attack.trusts else ()
    with path.open("rb") as file:
        report = verify(file, keys=keys, heads=read_heads(heads), authority=authority)
    assert (int(report.verdict), attack.reason in report.meaning) == (attack.exit_code, True), (
        report.meaning
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Where programs are in an environment that has the SDK as a wheel, and nothing else: no Django, no pip."""
    folder = tmp_path_factory.mktemp("installed")
    with contextlib.chdir(TREE / "sdk"):
        wheel = folder / build_wheel(str(folder))
    venv.create(folder / "venv", with_pip=False)
    programs = folder / "venv" / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", "-q"]
    called([*pip, "--no-index", "--no-deps", "--no-compile", str(wheel)])
    return programs


def test_so_does_the_installed_command_with_the_standard_library_alone(made, installed):
    calls = "".join(json.dumps(options(attack, *made[attack.name])) + "\n" for attack in ATTACKS)
    done = called([str(installed / "python"), "-I", "-c", EACH], given=calls)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == len(ATTACKS)
    for attack, (code, reason) in zip(ATTACKS, said, strict=True):
        known = attack.unstamped is not None or attack.reason in reason
        assert (code, known) == (attack.exit_code_alone, True), (attack.name, reason)
    first = ATTACKS[0]
    given = options(first, *made[first.name])
    done = called([str(installed / "deliberation"), "verify", *given], code=first.exit_code)
    assert first.reason in done.stdout


def options(attack: Attack, path: Path, heads: list[str], pem: str) -> list[str]:
    """What is given on the command line to whoever checks an attack."""
    trusted = ["--trust", OPERATOR.line] if attack.trusts else []
    known = [word for each in heads for word in ("--known-head", each)]
    return [str(path), *trusted, *known, *(["--tsa-ca", pem] if pem else [])]


def called(
    command: list[str], *, given: str = "", code: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


GOLDEN = Golden()
WHOLE = GOLDEN.as_is()
IDENTITY = verify(io.BytesIO(WHOLE)).identity
EVIDENCE = sorted(name for name in GOLDEN.files if name.startswith("data/"))


# Why a part is withheld is the exporter's own word: only the envelope stands for it.
COMMITTED = [name for name in EVIDENCE if not name.endswith("withheld.jsonl")]


def flipped(name: str, data: st.DataObject) -> Golden:
    at = data.draw(st.integers(0, len(GOLDEN.files[name]) - 1))
    golden = Golden()
    changed = bytearray(golden.files[name])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    golden.files[name] = bytes(changed)
    return golden


@given(st.sampled_from(EVIDENCE), st.data())
def test_no_byte_of_evidence_can_be_flipped(name, data):
    golden = flipped(name, data)
    assert verify(io.BytesIO(golden.as_is()), keys=[KEY]).verdict == 40


@given(st.sampled_from(COMMITTED), st.data())
def test_nor_by_whoever_can_sign_bundles_but_not_checkpoints(name, data):
    golden = flipped(name, data)
    try:
        anew = golden.signed()
    except (
        ValueError,
        KeyError,
    ):  # the builder itself cannot read what it should state the heads of
        return
    assert verify(io.BytesIO(anew), keys=[KEY]).verdict in (40, 50)


@given(st.data())
def test_whatever_is_done_to_a_zip_there_is_an_answer(data):
    """Cut, filled, overwritten: a verdict, never an exception, and never another identity that passes."""
    changed = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed)))
        gone = data.draw(st.integers(0, 8))
        changed[at : at + gone] = data.draw(st.binary(max_size=8))
    report = verify(io.BytesIO(bytes(changed)), keys=[KEY])
    assert report.verdict in (10, 40, 50)
    assert report.verdict != 10 or report.identity == IDENTITY
