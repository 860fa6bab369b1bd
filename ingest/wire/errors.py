"""Why a body is refused, with the HTTP status that says so."""

from __future__ import annotations

from typing import ClassVar


class Refused(Exception):
    """A body that is not taken. `sentence` is fit for the sender; `status` is the HTTP status."""

    status: ClassVar[int] = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Unreadable(Exception):
    """One record that is left out while the rest of its body goes on; the message is the reason."""


class Malformed(Refused):
    """It cannot be read, and sending it again will not help."""

    status = 400


class TooLarge(Refused):
    """It is beyond a limit; the sentence names the limit."""

    status = 413


class Unsupported(Refused):
    """Its media type or content coding is not one that is read here."""

    status = 415
