"""Time stamps of RFC 3161: that some bytes were there at a time, in the word of an authority that the reader names.

Read and checked by `rfc3161-client` (the extra `tsa`), which lets OpenSSL check signature and certificates. Without it
nothing of a stamp is believed, and that is said. The certificates that a stamp carries are links of a chain; it has to
end in a root that the reader brought.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from deliberation.bundle.terminal import plain
from deliberation.bundle.verdict import Misuse, Refusal

try:
    import rfc3161_client
    from cryptography import x509

    IS_AVAILABLE = True
except Exception:  # noqa: BLE001 - an installation that is broken in any way is one that is absent
    IS_AVAILABLE = False

MISSING = "rfc3161-client is not installed (pip install 'deliberation[tsa]')"
MAX_STAMP_BYTES = 64 * 1024
MAX_SENTENCE_CHARS = 200
GRANTED = 0
BENEATH = re.compile(r'data: "([^"]+)"|reason: "([^"]+)"')


class Query(NamedTuple):
    """What an authority is sent, in DER, and the number that must come back."""

    data: bytes
    nonce: int


class Stamp(NamedTuple):
    """A stamp that was checked: the time that it says (UTC), and the subject of the certificate that signed it."""

    at: dt.datetime
    by: str


class BadStamp(Refusal):
    """A stamp that is not what it must be; the message says why."""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority as a reader trusts it: roots, and whatever its stamps do not carry themselves.

    Without the library it is a name and nothing more: `check` must not be called then.
    """

    certificates: tuple[Any, ...]

    def check(self, response: bytes, data: bytes, *, nonce: int | None = None) -> Stamp:
        """Return what a response says of these bytes. Raises `BadStamp`."""
        try:
            read = rfc3161_client.decode_timestamp_response(response)
            if read.status != GRANTED:
                raise ValueError(f"the authority gave none (status {read.status})")
            signer = self._signer(read)
            self._verifier(read, signer, nonce).verify_message(read, data)
            at = read.tst_info.gen_time
        except Exception as error:  # noqa: BLE001 - whatever a library of parsers stumbles over is no stamp
            raise BadStamp(_said(error)) from None
        return Stamp(at.astimezone(dt.timezone.utc), plain(signer.subject.rfc4514_string(), 200))

    def _verifier(self, read: Any, signer: Any, nonce: int | None) -> Any:
        roots = [each for each in self.certificates if each.issuer == each.subject]
        between = [each for each in self.certificates if each not in roots and each != signer]
        carries = bool(read.signed_data.certificates)
        return rfc3161_client.VerifierBuilder(
            tsa_certificate=None if carries else signer,
            intermediates=between,
            roots=roots,
            nonce=nonce,
        ).build()

    def _signer(self, read: Any) -> Any:
        """Return the certificate that is named as the signer's: carried by the stamp, or brought by the reader."""
        [named] = read.signed_data.signer_infos
        carried = map(x509.load_der_x509_certificate, read.signed_data.certificates)
        for each in (*carried, *self.certificates):
            if (each.issuer, each.serial_number) == (named.issuer, named.serial_number):
                return each
        raise ValueError("it does not carry its signer's certificate, and you did not bring it")


def read_authority(path: str | Path) -> Authority:
    """Return the authority whose certificates are in a PEM file. Raises `Misuse`."""
    try:
        pem = Path(path).read_bytes()
    except OSError as error:
        raise Misuse(f"the certificates of the time stamps cannot be read: {error}") from None
    if not IS_AVAILABLE:
        return Authority(())
    try:
        certificates = tuple(x509.load_pem_x509_certificates(pem))
    except ValueError:
        raise Misuse(f"{path} has no certificates in PEM") from None
    if not any(each.issuer == each.subject for each in certificates):
        raise Misuse(f"{path} has no root: a chain ends in a certificate that its own key signed")
    return Authority(certificates)


def make_query(data: bytes) -> Query:
    """Return the question about some bytes, with a new nonce, for a stamp with its certificates. Raises `Misuse`."""
    if not IS_AVAILABLE:
        raise Misuse(MISSING)
    builder = rfc3161_client.TimestampRequestBuilder(cert_req=True).data(data)
    query = builder.hash_algorithm(rfc3161_client.HashAlgorithm.SHA256).build()
    return Query(query.as_bytes(), query.nonce or 0)


def _said(error: Exception) -> str:
    """Return what a library says, without what only its makers read: of OpenSSL's errors, the last one's words."""
    sentence, stack, errors = str(error).partition(": ErrorStack(")
    beneath = BENEATH.findall(errors) if stack else []
    words = [sentence or type(error).__name__, *filter(None, beneath[-1] if beneath else ())]
    return plain(": ".join(words), MAX_SENTENCE_CHARS)
