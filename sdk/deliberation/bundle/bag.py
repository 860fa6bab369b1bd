"""BagIt (RFC 8493) as far as a bundle uses it: every file is listed once, with its SHA-256, and nothing else is there.

`sha256sum -c manifest-sha256.txt` checks the same. The bundle's identity is the SHA-256 of the tag manifest, which
lists the manifest, which lists the payload. Only the tag manifest itself and its signature are listed nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from deliberation.bundle.archive import Archive
from deliberation.bundle.bounds import MAX_TAG_FILE_BYTES
from deliberation.bundle.terminal import plain
from deliberation.bundle.verdict import Refusal, Unsupported

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
FORMAT = "deliberation-bundle/1"
MANIFEST, TAG_MANIFEST, INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"
SIGNATURE = "bundle.dsse.json"
PAYLOAD = "data/"
LISTED = re.compile(r"([0-9a-f]{64})  ([!-~]+)")


class Bag(NamedTuple):
    """What stands in a bag: its identity, as hex, and the SHA-256 of each payload file by name."""

    identity: str
    digests: dict[str, bytes]


def check_version(archive: Archive) -> None:
    """Raises `Unsupported` when the bundle is of a version that this verifier does not know."""
    if archive.read("bagit.txt", 1024) != DECLARATION:
        raise Refusal("bagit.txt: is not that of a BagIt 1.0 bag in UTF-8")
    formats = [value for label, value in _labels(archive) if label == "Bundle-Format"]
    if len(formats) != 1:
        raise Refusal("bag-info.txt: says no Bundle-Format, or several")
    if formats[0] != FORMAT:
        raise Unsupported(
            f"a bundle of format '{plain(formats[0], 80)}'; this verifier reads {FORMAT}"
        )


def check_bag(archive: Archive) -> Bag:
    """Return the bag whose every file is as listed."""
    listed = _manifest(archive, MANIFEST)
    tags = _manifest(archive, TAG_MANIFEST)
    expected = {name for name in archive.names if name.startswith(PAYLOAD)}
    _compare(MANIFEST, set(listed), expected)
    _compare(TAG_MANIFEST, set(tags), set(archive.names) - expected - {TAG_MANIFEST, SIGNATURE})
    for name, digest in sorted({**tags, **listed}.items()):
        if _digest(archive, name) != digest:
            raise Refusal(f"{name}: is not the file that its manifest lists")
    _check_oxum(archive, expected)
    return Bag(_digest(archive, TAG_MANIFEST).hex(), listed)


def _manifest(archive: Archive, name: str) -> dict[str, bytes]:
    archive.read(name, MAX_TAG_FILE_BYTES)
    listed: dict[str, bytes] = {}
    before = ""
    for raw in archive.lines(name):
        found = LISTED.fullmatch(raw.decode("latin-1"))
        if not found:
            raise Refusal(f"{name}: has a line that is not '<sha256>  <name>'")
        if found[2] <= before:
            raise Refusal(f"{name}: is not sorted, or lists {plain(found[2])} twice")
        before = found[2]
        listed[before] = bytes.fromhex(found[1])
    return listed


def _compare(manifest: str, listed: set[str], there: set[str]) -> None:
    if extra := there - listed:
        raise Refusal(f"{min(extra)}: is in the bundle and not in {manifest}")
    if missing := listed - there:
        raise Refusal(f"{plain(min(missing))}: is in {manifest} and not in the bundle")


def _check_oxum(archive: Archive, payload: set[str]) -> None:
    oxums = [value for label, value in _labels(archive) if label == "Payload-Oxum"]
    true = f"{sum(map(archive.size, payload))}.{len(payload)}"
    if oxums != [true]:
        raise Refusal(f"bag-info.txt: its Payload-Oxum is not {true}")


def _labels(archive: Archive) -> Iterator[tuple[str, str]]:
    for line in archive.read(INFO, MAX_TAG_FILE_BYTES).decode("utf-8", "replace").splitlines():
        label, _, value = line.partition(": ")
        yield label, value


def _digest(archive: Archive, name: str) -> bytes:
    digest = sha256()
    for chunk in archive.chunks(name):
        digest.update(chunk)
    return digest.digest()
