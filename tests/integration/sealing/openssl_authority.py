"""A real authority of time: `openssl ts -reply` behind HTTP, with a certificate between root and signer."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.sealing.authorities import answering
from traces.outgoing.time_authority import AuthorityAt

CONFIGURATION = """
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = hash
[between]
basicConstraints = critical, CA:TRUE, pathlen:0
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
[reply]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = between.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""
LINKS = (
    ("root", "root", "/CN=Root"),
    ("between", "root", "/CN=Between"),
    ("tsa", "between", "/CN=TSA"),
)


@contextmanager
def openssl_authority(folder: Path) -> Iterator[AuthorityAt]:
    """Runs while the block does; the certificate of its root is what others are given."""
    place = folder / "authority"
    place.mkdir()
    (place / "ts.cnf").write_text(CONFIGURATION)
    (place / "serial").write_text("01\n")
    for name, by, subject in LINKS:
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        issuer = [] if by == name else ["-CA", f"{by}.pem", "-CAkey", f"{by}.key"]
        of_file = [
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
            "-days",
            "3650",
            "-subj",
            subject,
        ]
        config = ["-config", "ts.cnf", "-extensions", name]
        openssl(place, "req", "-x509", *curve, *issuer, *of_file, *config)

    def answer(question: bytes) -> bytes:
        asked = f"{uuid.uuid4().hex}.tsq"
        (place / asked).write_bytes(question)
        given = ["-config", "ts.cnf", "-section", "reply", "-queryfile", asked]
        return openssl(place, "ts", "-reply", *given)

    with answering(answer, place / "root.pem") as authority:
        yield authority


def openssl(folder: Path, *arguments: str) -> bytes:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
