"""Attacks on the zip and the bag: what a hostile file can do to whoever opens it."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib

from tests.bundles.attack import EVENTS, PARTS, Corpus, Golden
from tests.bundles.build import NOT_LISTED, listed, manifest, signed, zipped

corpus = Corpus()
attack = corpus.attack


def edited(golden: Golden, name: str, *, at: int, value: bytes, both: bool = True) -> bytes:
    """The zip with bytes changed in a member's headers. `at` counts from the version field, which both have."""
    data = bytearray(golden.as_is())
    member = zipfile.ZipFile(io.BytesIO(data)).getinfo(name)
    central = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode())) + 6
    places = [member.header_offset + 4, central] if both else [central]
    for place in places:
        data[place + at : place + at + len(value)] = value
    return bytes(data)


def added(golden: Golden, name: str, data: bytes = b"x") -> bytes:
    """The zip with one file more, which is listed and signed for."""
    golden.files[name] = data
    return golden.signed()


@attack("is not the file that its manifest lists")
def flip_a_byte_of_evidence(golden: Golden) -> bytes:
    """Somebody without a key edits a word and hopes that nobody hashes."""
    golden.change(EVENTS, b'"models":["m-1"]', b'"models":["m-2"]')
    return golden.as_is()


@attack("is in the bundle and not in manifest-sha256.txt")
def add_a_file_that_is_not_listed(golden: Golden) -> bytes:
    """A file rides along that nobody signed for."""
    golden.files["data/derived/extra.json"] = b"{}"
    return golden.as_is()


@attack("is in manifest-sha256.txt and not in the bundle")
def take_a_file_away(golden: Golden) -> bytes:
    """What a manifest lists has been removed."""
    del golden.files[PARTS]
    return golden.as_is()


@attack("is no file that a bundle has")
def add_a_verifier_of_ones_own(golden: Golden) -> bytes:
    """A verifier and a key in the bundle itself, for whoever runs what they find."""
    return added(golden, "verify.py", b"print('VERIFIED')")


@attack("is no file that evidence has")
def add_evidence_of_an_unknown_kind(golden: Golden) -> bytes:
    """A second list of entries, for a reader that takes the wrong one."""
    return added(golden, EVENTS.replace("events", "events2"))


@attack("a file may not be called '../../etc/cron.d/x'")
def climb_out_of_the_folder(golden: Golden) -> bytes:
    """Zip slip: a name that leads out of where the zip is unpacked."""
    return added(golden, "../../etc/cron.d/x")


@attack("a file may not be called '/etc/passwd'")
def name_an_absolute_path(golden: Golden) -> bytes:
    """Zip slip from the root."""
    return added(golden, "/etc/passwd")


@attack("a file may not be called 'data\\x'")
def name_a_path_of_windows(golden: Golden) -> bytes:
    """A backslash is a folder to some readers and a letter to others."""
    return zipped({**golden.files, "data\\x": b"x"})


@attack("a file may not be called 'data/a\\u001b[2J'")
def put_an_escape_into_a_name(golden: Golden) -> bytes:
    """A name that clears the terminal of whoever reads the error."""
    return zipped({**golden.files, "data/a\x1b[2J": b"x"})


@attack("stands twice in the zip")
def have_a_name_twice(golden: Golden) -> bytes:
    """Two files of one name: one reader takes the first, one the last."""
    out = io.BytesIO(golden.as_is())
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(zipfile.ZipInfo(EVENTS), b"another history\n")
    return out.getvalue()


@attack("differs from another name by case only")
def have_a_name_in_other_case(golden: Golden) -> bytes:
    """Two names that are one file on some disks."""
    return added(golden, EVENTS.replace("events.jsonl", "EVENTS.jsonl"))


@attack("a file may not be called 'data/derived/caf\u00e9'")
def have_a_name_beyond_ascii(golden: Golden) -> bytes:
    """Two spellings of one accented name are one file on some disks; so none is allowed."""
    return zipped({**golden.files, "data/derived/caf\u00e9": b"x"})


@attack("is a link or a device, not a file")
def be_a_symbolic_link(golden: Golden) -> bytes:
    """An entry that points at the reader's own files."""
    out = io.BytesIO(golden.as_is())
    with zipfile.ZipFile(out, "a") as archive:
        member = zipfile.ZipInfo("data/derived/link")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, b"/etc/shadow")
    return out.getvalue()


@attack("is encrypted")
def be_encrypted(golden: Golden) -> bytes:
    """A file that its reader cannot see."""
    return edited(golden, EVENTS, at=2, value=b"\x01\x00")


@attack("has an unknown compression (93)")
def be_compressed_in_another_way(golden: Golden) -> bytes:
    """A method that other readers do not have."""
    return edited(golden, EVENTS, at=4, value=struct.pack("<H", 93))


@attack("a zip64 archive, which a bundle is not")
def be_a_zip64_archive(golden: Golden) -> bytes:
    """Sizes in two places, of which readers believe different ones."""
    data = golden.as_is()
    return data[:-10] + b"\xff" * 4 + data[-6:]


@attack("has extra fields or a comment (zip64 among them)")
def have_extra_fields(golden: Golden) -> bytes:
    """A field that says another size to those who read it."""
    out = io.BytesIO(golden.as_is())
    with zipfile.ZipFile(out, "a") as archive:
        member = zipfile.ZipInfo("data/derived/more")
        member.extra = struct.pack("<HHQ", 1, 8, 7)
        archive.writestr(member, b"x")
    return out.getvalue()


@attack("has another checksum than the zip says")
def have_a_wrong_checksum(golden: Golden) -> bytes:
    """Data that is not what its header sums up."""
    return edited(golden, "bagit.txt", at=10, value=b"\0\0\0\0")


@attack("its local header says other than the zip's directory")
def say_two_things_in_two_headers(golden: Golden) -> bytes:
    """The directory tells another size than the file's own header."""
    return edited(golden, EVENTS, at=18, value=struct.pack("<L", 10), both=False)


@attack("is longer than the zip says")
def lie_about_a_size(golden: Golden) -> bytes:
    """Both headers say ten bytes, and the data goes on."""
    return relabelled(golden, b"a" * 5_000, size=10)


@attack("the files have more than 4294967296 bytes together")
def be_a_bomb_of_zeros(golden: Golden) -> bytes:
    """Ten files of a few bytes that say they are 2 GiB each."""
    out = io.BytesIO(golden.as_is())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for index in range(10):
            archive.writestr(zipfile.ZipInfo(f"data/derived/{index}"), b"")
    data = out.getvalue()
    for index in range(10):
        at = data.rindex(f"data/derived/{index}".encode()) - 46
        data = data[: at + 24] + struct.pack("<L", 2**31 - 1) + data[at + 28 :]
    return data


@attack("is shorter than the zip says")
def say_more_than_there_is(golden: Golden) -> bytes:
    """A hundred megabytes are announced and a few bytes come: whoever reserves memory loses."""
    return relabelled(golden, b"a" * 50, size=100_000_000)


@attack("the zip's directory is larger than its files need")
def have_a_directory_that_fills_memory(golden: Golden) -> bytes:
    """A directory of one megabyte for a few files: a reader reads it whole."""
    data = golden.as_is()
    size, start = struct.unpack("<2L", data[-10:-2])
    end = data[-22:-10] + struct.pack("<2L", size + 10**6, start) + b"\0\0"
    return data[:start] + data[start:-22] + bytes(10**6) + end


@attack("not a zip, or cut off, or with something after its end")
def be_cut_off(golden: Golden) -> bytes:
    """The end of the file is missing."""
    return golden.as_is()[:-30]


@attack("the zip's directory does not stand where its end says")
def hide_something_before_the_zip(golden: Golden) -> bytes:
    """A program before the zip: one file that is two things."""
    return b"#!/bin/sh\necho VERIFIED\n" + golden.as_is()


@attack("not a zip, or cut off, or with something after its end")
def hide_something_after_the_zip(golden: Golden) -> bytes:
    """The same behind it."""
    return golden.as_is() + b"PK\x05\x06"


@attack("a bundle of format 'deliberation-bundle/2'", exit_code=50)
def be_of_a_later_version(golden: Golden) -> bytes:
    """A format that this verifier does not know is not checked, rather than checked by half."""
    golden.files = signed(golden.files)
    golden.change("bag-info.txt", b"bundle/1", b"bundle/2")
    return golden.as_is()


@attack("its Payload-Oxum is not")
def count_the_payload_wrongly(golden: Golden) -> bytes:
    """bag-info.txt says another number of bytes than there are."""
    bag = listed(golden.files)
    bag["bag-info.txt"] = b"Bundle-Format: deliberation-bundle/1\nPayload-Oxum: 1.1\n"
    tags = {name: data for name, data in bag.items() if not name.startswith(("data/", *NOT_LISTED))}
    return zipped({**bag, "tagmanifest-sha256.txt": manifest(tags)})


@attack("lists data/derived/summary.json twice")
def list_a_file_twice(golden: Golden) -> bytes:
    """Two digests for one name: one reader takes the first, one the last."""
    line = next(each for each in golden.lines("manifest-sha256.txt") if b"summary" in each)
    golden.change("manifest-sha256.txt", line, line + line)
    return golden.as_is()


def relabelled(golden: Golden, content: bytes, *, size: int) -> bytes:
    """The zip with one more deflated file, listed and signed for, whose headers agree on a wrong size."""
    name = b"data/derived/lie"
    files = signed({**golden.files, name.decode(): content[:size]})
    data = bytearray(zipped({**files, name.decode(): content}, deflated=name.decode()))
    local = zipfile.ZipFile(io.BytesIO(data)).getinfo(name.decode()).header_offset
    central = data.rindex(name) - 46
    checksum = struct.pack("<L", zlib.crc32(content[:size]))
    for at in (local + 14, central + 16):
        data[at : at + 4] = checksum
        data[at + 8 : at + 12] = struct.pack("<L", size)
    return bytes(data)
