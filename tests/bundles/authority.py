"""A time stamping authority (RFC 3161) for tests: throw-away certificates, and answers in DER written by hand.

It can also be a dishonest one: whoever asks for an answer says what is wrong with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.bundles.der import context, integer, octets, oid, sequence, set_of, tlv

SINCE, UNTIL = dt.datetime(2020, 1, 1), dt.datetime(2100, 1, 1)
SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"))
ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
SIGNED_DATA, TST_INFO = oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE, MESSAGE_DIGEST = oid("1.2.840.113549.1.9.3"), oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE = oid("1.2.840.113549.1.9.16.2.47")
POLICY = oid("1.2.3.4")


@dataclass(eq=False)
class TimeAuthority:
    """A root and a certificate under it that stamps. `usage` is what the latter may be used for."""

    name: str = "Time of tests"
    since: dt.datetime = SINCE
    until: dt.datetime = UNTIL
    usage: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.TIME_STAMPING,)
    _keys: list[ec.EllipticCurvePrivateKey] = field(
        default_factory=lambda: [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    )

    @cached_property
    def root(self) -> x509.Certificate:
        subject = _named(f"{self.name}, root")
        builder = _certificate(subject, subject, self._keys[0], SINCE, UNTIL)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        known = x509.SubjectKeyIdentifier.from_public_key(self._keys[0].public_key())
        return builder.add_extension(known, False).sign(self._keys[0], hashes.SHA256())

    @cached_property
    def leaf(self) -> x509.Certificate:
        issuer = self.root.subject
        builder = _certificate(_named(self.name), issuer, self._keys[1], self.since, self.until)
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(self.usage)), True)
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._keys[0].public_key())
        return builder.add_extension(by, False).sign(self._keys[0], hashes.SHA256())

    @property
    def pem(self) -> bytes:
        """What somebody who trusts it brings."""
        return self.root.public_bytes(Encoding.PEM)

    def stamp(
        self,
        data: bytes,
        at: dt.datetime,
        *,
        nonce: int | None = None,
        carries: bool = True,
        digest: bytes | None = None,
        in_order: bool = True,
    ) -> bytes:
        """An answer about some bytes: granted, with its certificates unless it carries none."""
        info = _info(digest or sha256(data).digest(), at, nonce)
        certificates = [each.public_bytes(Encoding.DER) for each in (self.leaf, self.root)]
        certificates.sort(reverse=not in_order)
        signed = sequence(
            integer(3),
            set_of(SHA256),
            sequence(TST_INFO, context(0, octets(info))),
            context(0, *certificates) if carries else b"",
            set_of(self._signer_info(info)),
        )
        return sequence(sequence(integer(0)), sequence(SIGNED_DATA, context(0, signed)))

    def _signer_info(self, info: bytes) -> bytes:
        leaf = self.leaf.public_bytes(Encoding.DER)
        attributes = (
            sequence(CONTENT_TYPE, set_of(TST_INFO)),
            sequence(MESSAGE_DIGEST, set_of(octets(sha256(info).digest()))),
            sequence(
                SIGNING_CERTIFICATE,
                set_of(sequence(sequence(sequence(octets(sha256(leaf).digest()))))),
            ),
        )
        signature = self._keys[1].sign(set_of(*attributes), ec.ECDSA(hashes.SHA256()))
        return sequence(
            integer(1),
            sequence(self.leaf.issuer.public_bytes(), integer(self.leaf.serial_number)),
            SHA256,
            context(0, *sorted(attributes)),
            ECDSA_SHA256,
            octets(signature),
        )


def refusal() -> bytes:
    """An answer that stamps nothing: a rejection."""
    return sequence(sequence(integer(2)))


def _info(digest: bytes, at: dt.datetime, nonce: int | None) -> bytes:
    return sequence(
        integer(1),
        POLICY,
        sequence(SHA256, octets(digest)),
        integer(7),
        tlv(0x18, f"{at:%Y%m%d%H%M%SZ}".encode()),
        b"" if nonce is None else integer(nonce),
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    since: dt.datetime,
    until: dt.datetime,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.not_valid_before(since).not_valid_after(until)
