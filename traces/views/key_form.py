"""What a person filled in to make a key, read; and the key that this one form makes."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from dataclasses import dataclass, field

from django.core.signing import BadSignature, TimestampSigner
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from traces.models.access import Scope

MAX_CHARS = 300
GOOD_FOR = dt.timedelta(hours=1)
SALT = "traces.views.key_form"


@dataclass(slots=True)
class KeyForm:
    """A key's name and scopes as they were typed, and sentences on what cannot be taken.

    `ticket` is random, signed, and put into the form by the page: what follows from it is the key. Sent twice, as by a
    double click, a form makes one key and shows it both times; after an hour it makes none.
    """

    name: str = ""
    scopes: tuple[str, ...] = (Scope.INGEST.value,)
    ticket: str = ""
    errors: list[str] = field(default_factory=list)

    @classmethod
    def fresh(cls) -> KeyForm:
        """Return an empty form, for what a program needs that only reports."""
        return cls(ticket=_signer().sign(secrets.token_urlsafe(24)))

    @classmethod
    def of(cls, sent: QueryDict) -> KeyForm:
        """Return the form as it was sent."""
        name = sent.get("name", "")[:MAX_CHARS].strip()
        chosen = tuple(word[:MAX_CHARS] for word in sent.getlist("scopes")[: len(Scope)])
        return cls(name, chosen, sent.get("ticket", "")[:MAX_CHARS])

    def derive_secret(self, *, project_id: int, by: str) -> str | None:
        """Return the key's text, 256 bits; None, with an error noted, for a form that is none of ours or too old."""
        try:
            ticket = _signer().unsign(self.ticket, max_age=GOOD_FOR)
        except BadSignature:
            self.errors.append(gettext("This form is too old. Send it again: it is a new one now."))
            self.ticket = KeyForm.fresh().ticket
            return None
        made = salted_hmac(SALT, f"{project_id} {by} {ticket}", algorithm="sha256").digest()
        return "ins_" + base64.urlsafe_b64encode(made).decode().rstrip("=")


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=SALT)
