"""Texts that were and cannot be read: how large each is, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from deliberation.vocabulary import NodeKind
from traces.queries.legibility import FULL_FROM
from traces.queries.message_parts import HiddenText
from traces.queries.node import NodeDetail
from traces.queries.spoken import spoken

CHARS_OF_A_TOKEN = 4
CHARS_OF_A_LINE = 80
LINE_PIXELS = 18
LINES_AT_MOST = 50_000
"""Browsers draw nothing taller than some millions of pixels."""

SAID = {
    "encrypted": gettext_noop("its text is encrypted"),
    "redacted": gettext_noop("its text is redacted"),
}
CALLED = (NodeKind.MODEL_CALL.value, NodeKind.LATENT.value)
"""What produces the tokens that stand on it itself, and does not repeat what others under it state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A text that cannot be read. `amount` of `unit` is its size, None where nobody tells it.

    `chars` is as many characters as that would be: it is drawn with the room that they would take.
    """

    what: str
    why: str
    amount: int | None
    unit: str
    basis: str
    chars: int

    @property
    def told(self) -> str:
        """Why it cannot be read, and how large it is, in words."""
        return self.why if self.amount is None else f"{self.why}, {self.amount:,} {self.counted}"

    @property
    def counted(self) -> str:
        """What the amount is of, in words."""
        return gettext("bytes") if self.unit == "bytes" else gettext("tokens")

    @property
    def height(self) -> int:
        """Pixels of as many lines of text."""
        return min(self.lines, LINES_AT_MOST) * LINE_PIXELS

    @property
    def lines(self) -> int:
        """How many lines of text that would be."""
        return max(1, -(-self.chars // CHARS_OF_A_LINE))


def sealed(what: str, hidden: HiddenText) -> Opaque:
    """Return what stands for a text that only its provider can read."""
    size = hidden.size_bytes
    basis = gettext("of what the provider handed on in its place") if size is not None else ""
    return Opaque(
        what=what, why=hidden.why, amount=size, unit="bytes", basis=basis, chars=size or 0
    )


def opaque_reasoning(node: NodeDetail, readable_chars: int) -> Opaque | None:
    """Return the reasoning that was billed and is not among the characters that can be read, if there is any."""
    tokens = node.usage.reasoning
    if not tokens or node.kind not in CALLED or readable_chars >= tokens * FULL_FROM:
        return None
    summary = gettext("what can be read is a summary at most: {count} characters for these tokens")
    return Opaque(
        what="reasoning",
        why=summary.format(count=f"{readable_chars:,}")
        if readable_chars
        else gettext("its source gives no text"),
        amount=tokens,
        unit="tokens",
        basis=gettext("as billed"),
        chars=max(1, tokens * CHARS_OF_A_TOKEN - readable_chars),
    )


def opaque_step(node: NodeDetail) -> Opaque | None:
    """Return what stands for a latent step, which was thought in no words, where nobody counts its tokens."""
    if node.kind != NodeKind.LATENT or node.parts or node.usage.total:
        return None
    why = gettext("a latent step: what was thought is in no words")
    return Opaque(what="latent", why=why, amount=None, unit="tokens", basis="", chars=0)


def opaque_text(node: NodeDetail, what: str) -> Opaque | None:
    """Return the input or output of a call that counts its tokens, or is gone, and has no text here."""
    if what in node.gone:
        sentence = gettext("{reason}: its commitment in the ledger is what remains")
        why = sentence.format(reason=spoken(node.gone[what]))
        return Opaque(what=what, why=why, amount=None, unit="bytes", basis="", chars=0)
    tokens = getattr(node.usage, what, None)
    if not tokens or node.kind not in CALLED:
        return None
    if what == "output":
        tokens -= node.usage.reasoning or 0
    if tokens <= 0:
        return None
    said = node.text_visibility
    why = SAID.get(said or "", gettext_noop("its text is not recorded"))
    return Opaque(
        what=what,
        why=gettext(why),
        amount=tokens,
        unit="tokens",
        basis=gettext("as counted by its source"),
        chars=tokens * CHARS_OF_A_TOKEN,
    )
