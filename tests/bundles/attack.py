"""What an attack is: a function that makes a bundle which must not pass, and what a verifier must say to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bundles.build import bundle, signed, zipped
from tests.bundles.signer import OPERATOR, Signer
from tests.bundles.story import OTHER_RUN, RUN, Story, tell_story

FOLDER = f"data/evidence/runs/{RUN}/"
EVENTS, PARTS, WITHHELD = FOLDER + "events.jsonl", FOLDER + "parts.jsonl", FOLDER + "withheld.jsonl"
CHECKPOINTS, PROOF = FOLDER + "checkpoints.notes", FOLDER + "instance.tlog-proof"
LEAF = FOLDER + "instance.leaf"


class Golden:
    """A bundle of two runs, one with a withheld and a redacted part. Attacks change its files."""

    def __init__(self) -> None:
        self.story = golden_story()
        self.other = tell_story(OTHER_RUN, 2)
        self.files = bundle(self.story, self.other)

    def change(self, name: str, old: bytes, new: bytes) -> None:
        """Put other bytes into a file, once."""
        assert old in self.files[name], f"{name} has no {old!r}"
        self.files[name] = self.files[name].replace(old, new, 1)

    def lines(self, name: str) -> list[bytes]:
        return self.files[name].splitlines(keepends=True)

    def signed(self, signer: Signer = OPERATOR) -> bytes:
        """The zip with manifests and signature made anew: what whoever has the key can do."""
        return zipped(signed(self.files, signer))

    def as_is(self) -> bytes:
        """The zip with manifests and signature as they were."""
        return zipped(self.files)


def golden_story() -> Story:
    """A run of which one answer is withheld, and one was redacted by a later entry."""
    story = tell_story()
    seq = len(story.entries)
    story.tell_plainly("part.redacted", {"basis": "art-17", "entry": 3, "part": "rationale"})
    story.withheld[2, "answer"] = "the client's business"
    story.gone[3, "rationale"] = seq
    return story


@dataclass(frozen=True)
class Attack:
    """`make` gives the zip. `reason` is what the verifier's sentence must have in it.

    `certificates` are given as `--tsa-ca`; `unstamped` is the exit code where nobody can read time stamps.
    """

    name: str
    make: Callable[[Golden], bytes]
    exit_code: int
    reason: str
    trusts: bool
    heads: Callable[[Golden], str] | None = None
    certificates: bytes = b""
    unstamped: int | None = None

    @property
    def exit_code_alone(self) -> int:
        """What a verifier says that cannot read time stamps."""
        return self.exit_code if self.unstamped is None else self.unstamped


@dataclass
class Corpus:
    """The attacks of one file."""

    attacks: list[Attack] = field(default_factory=list)

    def attack(
        self,
        reason: str,
        *,
        exit_code: int = 40,
        trusts: bool = True,
        heads: Callable[[Golden], str] | None = None,
        certificates: bytes = b"",
        unstamped: int | None = None,
    ) -> Callable[[Callable[[Golden], bytes]], Callable[[Golden], bytes]]:
        """Register a function as an attack."""

        def register(make: Callable[[Golden], bytes]) -> Callable[[Golden], bytes]:
            name = make.__name__
            self.attacks.append(
                Attack(name, make, exit_code, reason, trusts, heads, certificates, unstamped)
            )
            return make

        return register
