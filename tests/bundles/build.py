"""A bundle put together: evidence, checkpoints, summary, manifests, signature, zip. Every step can be taken alone."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256

from deliberation.bundle.disclosed import disclosure_chunks
from deliberation.bundle.dsse import PREDICATE, STATEMENT
from deliberation.bundle.note import Checkpoint, read_checkpoint, split_notes
from deliberation.bundle.run_evidence import RunEvidence
from deliberation.disclosure.gathering import Gathered
from deliberation.ledger.canonical import dump
from deliberation.ledger.tree import hash_leaf, inclusion_path, root_of_leaves
from tests.bundles.authority import TimeAuthority
from tests.bundles.signer import INSTANCE, OPERATOR, Signer, checkpoint
from tests.bundles.story import Story

Files = dict[str, bytes]
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LOG = "01900000-0000-7000-8000-0000000000ff"
NOT_LISTED = ("tagmanifest-sha256.txt", "bundle.dsse.json")


def evidence(*stories: Story, signer: Signer = OPERATOR) -> Files:
    """What lies under data/evidence: each run, its checkpoints, its place in the instance's log."""
    files: Files = {}
    leaves = [instance_leaf(story, seq) for seq, story in enumerate(stories)]
    for seq, story in enumerate(stories):
        folder = f"data/evidence/runs/{story.run}/"
        files |= story.files()
        files[folder + "checkpoints.notes"] = checkpoints(story, signer).encode()
        files[folder + "instance.leaf"] = leaves[seq] + b"\n"
        files[folder + "instance.tlog-proof"] = proof(leaves, seq, signer).encode()
    return files


def anchors(*stories: Story, authority: TimeAuthority, at: dt.datetime) -> Files:
    """What lies under data/evidence/anchors when the instance was stamped after all of these runs."""
    files: Files = {}
    leaves = [instance_leaf(story, seq) for seq, story in enumerate(stories)]
    for seq, story in enumerate(stories):
        name = anchor_name(story)
        led = proof(leaves, seq, OPERATOR)
        stamp = authority.stamp(led.partition("\n\n")[2].encode(), at)
        files |= {name + ".leaf": leaves[seq] + b"\n", name + ".tlog-proof": led.encode()}
        files[name + ".tsr"] = stamp
    return files


def anchor_name(story: Story) -> str:
    return f"data/evidence/anchors/{story.run}/{len(story.entries)}"


def checkpoints(story: Story, signer: Signer) -> str:
    """Checkpoints at the start, in the middle and at the end."""
    size = len(story.entries)
    origin = f"{INSTANCE}/runs/{story.run}"
    return "\n".join(
        signer.note(checkpoint(origin, at, story.root(at))) for at in sorted({1, size // 2, size})
    )


def instance_leaf(story: Story, seq: int) -> bytes:
    size = len(story.entries)
    facts = {"root": b64encode(story.root()).decode(), "run": story.run, "size": size}
    return dump(
        {"by": "server", "d": facts, "key": f"c{seq}", "kind": "run.checkpoint", "p": {}}
        | {"run": LOG, "seq": seq, "t_rx": "1", "v": 1}
    )


def proof(leaves: Sequence[bytes], index: int, signer: Signer) -> str:
    hashes = [hash_leaf(leaf) for leaf in leaves]
    path = [b64encode(each).decode() for each in inclusion_path(hashes, index)]
    note = signer.note(checkpoint(INSTANCE, len(leaves), root_of_leaves(hashes)))
    return "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path, "", note])


def heads(files: Mapping[str, bytes]) -> list[dict[str, object]]:
    """Run, size and root of each run, computed from the lines."""
    found: list[dict[str, object]] = []
    for name in sorted(files):
        if name.endswith("/events.jsonl"):
            leaves = [hash_leaf(line) for line in files[name].splitlines()]
            root = b64encode(root_of_leaves(leaves)).decode()
            found.append({"root": root, "run": name.split("/")[3], "size": len(leaves)})
    return found


def summary(files: Mapping[str, bytes]) -> bytes:
    """What data/derived/summary.json should say, written apart from the code under test."""
    runs: list[dict[str, object]] = []
    for head in heads(files):
        folder = f"data/evidence/runs/{head['run']}/"
        kinds: dict[str, int] = {}
        for line in files[folder + "events.jsonl"].splitlines():
            kind = json.loads(line)["kind"]
            kinds[kind] = kinds.get(kind, 0) + 1
        closed = files.get(folder + "withheld.jsonl", b"").splitlines()
        gone = sum(line.startswith(b'{"by":') for line in closed)
        shown = len(files[folder + "parts.jsonl"].splitlines())
        parts = {"gone": gone, "shown": shown, "withheld": len(closed) - gone}
        runs.append({**head, "kinds": kinds, "parts": parts})
    return dump({"format": "deliberation-summary/1", "runs": runs}) + b"\n"


def disclosure(files: Mapping[str, bytes]) -> bytes:
    """What data/derived/disclosure.json should say of these files: its words are pinned by a golden bundle."""
    runs: list[RunEvidence] = []
    last: dict[str, Checkpoint] = {}
    for head in heads(files):
        run = str(head["run"])
        folder = f"data/evidence/runs/{run}/"
        closed = [
            json.loads(line) for line in files.get(folder + "withheld.jsonl", b"").splitlines()
        ]
        told = Gathered()
        for seq, line in enumerate(files[folder + "events.jsonl"].splitlines()):
            told.take(seq, json.loads(line), [e["name"] for e in closed if e["seq"] == seq])
        reasons = Counter(each["reason"] for each in closed if "reason" in each)
        withheld = reasons.total()
        counts = {"kinds": {}, "shown": 0, "withheld": withheld, "gone": len(closed) - withheld}
        root, size = b64decode(str(head["root"])), told.size
        runs.append(
            RunEvidence(run, size, root=root, roots={}, reasons=reasons, told=told, **counts)
        )
        if notes := files.get(folder + "checkpoints.notes"):
            last[run] = read_checkpoint(split_notes(notes.decode())[-1])
    return b"".join(disclosure_chunks(runs, last))


def listed(files: Mapping[str, bytes]) -> Files:
    """The files with their manifests made anew."""
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    bag = {name: data for name, data in files.items() if name not in payload}
    oxum = f"{sum(map(len, payload.values()))}.{len(payload)}"
    bag["bagit.txt"] = BAGIT
    bag["bag-info.txt"] = f"Bundle-Format: deliberation-bundle/1\nPayload-Oxum: {oxum}\n".encode()
    bag["manifest-sha256.txt"] = manifest(payload)
    tags = {name: data for name, data in bag.items() if name not in NOT_LISTED}
    bag["tagmanifest-sha256.txt"] = manifest(tags)
    return bag | payload


def manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(
        f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)
    ).encode()


def signed(files: Mapping[str, bytes], signer: Signer = OPERATOR) -> Files:
    """The files with manifests and signature made anew."""
    bag = listed(files)
    statement = {
        "_type": STATEMENT,
        "predicate": {"instance": INSTANCE, "runs": heads(files)},
        "predicateType": PREDICATE,
        "subject": [
            {
                "digest": {"sha256": sha256(bag["tagmanifest-sha256.txt"]).hexdigest()},
                "name": "tagmanifest-sha256.txt",
            }
        ],
    }
    return bag | {"bundle.dsse.json": signer.envelope(dump(statement))}


def bundle(*stories: Story, signer: Signer = OPERATOR) -> Files:
    """A whole bundle of these runs."""
    files = evidence(*stories, signer=signer)
    files["data/derived/summary.json"] = summary(files)
    files["README.txt"] = b"What this is, and what it does not prove.\n"
    return signed(files, signer)


def zipped(files: Mapping[str, bytes], *, deflated: str = "") -> bytes:
    """The files as a zip that is the same each time; one of them deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o100644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED if name == deflated else zipfile.ZIP_STORED
            archive.writestr(member, files[name])
    return out.getvalue()
