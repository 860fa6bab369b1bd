"""The bundles that every later verifier must still read: `python -m tests.bundles.golden` writes them anew.

A file that is there is never changed: a new version of the format adds files.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from deliberation.bundle.layout import DISCLOSURE
from tests.bundles.attack import golden_story
from tests.bundles.build import bundle, disclosure, listed, signed, summary, zipped
from tests.bundles.full_story import full_story
from tests.bundles.signer import OPERATOR
from tests.bundles.story import OTHER_RUN, tell_story

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "bundles"


def golden_files() -> dict[str, bytes]:
    """File name → bytes."""
    unsigned = tell_story().files()
    unsigned["data/derived/summary.json"] = summary(unsigned)
    withheld, other = golden_story(), tell_story(OTHER_RUN, 2)
    heads = "".join(
        _head(story.run, len(story.entries), story.root()) for story in (withheld, other)
    )
    return {
        "v1-one-run.zip": zipped(bundle(tell_story())),
        "v1-withheld-and-redacted.zip": zipped(bundle(withheld)),
        "v1-two-runs.zip": zipped(bundle(withheld, other)),
        "v1-disclosed.zip": zipped(disclosed()),
        "v1-unsigned.zip": zipped(listed(unsigned)),
        "key.txt": f"# the throw-away key of these bundles\n{OPERATOR.line}\n".encode(),
        "heads.txt": heads.encode(),
    }


def disclosed() -> dict[str, bytes]:
    """A run in which nearly everything happened, and what is disclosed of it."""
    files = bundle(full_story())
    return signed(files | {DISCLOSURE: disclosure(files)})


def _head(run: str, size: int, root: bytes) -> str:

    return f"{run} {size} {b64encode(root).decode()}\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, data in golden_files().items():
        (FOLDER / name).write_bytes(data)
