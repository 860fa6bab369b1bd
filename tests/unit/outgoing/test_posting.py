"""One POST is over in time, goes where it was sent, and believes nobody's certificate."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from traces.outgoing.addresses import Target
from traces.outgoing.posting import NotPosted, post

Serve = Callable[[socket.socket], None]
HERE = "127.0.0.1"


@contextlib.contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """A server for one connection, and its port."""
    with socket.create_server((HERE, 0)) as listening:

        def once() -> None:
            with contextlib.suppress(OSError), listening.accept()[0] as line:
                serve(line)

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
    thread.join(5)


def answer(said: bytes, heard: list[bytes] | None = None) -> Serve:
    def serve(line: socket.socket) -> None:
        got = b""
        while not got.endswith(b"the body"):
            got += line.recv(65536)
        if heard is not None:
            heard.append(got)
        line.sendall(said)

    return serve


def drip(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 10_000:
            line.sendall(bytes([byte]))
            time.sleep(0.02)


def flood(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)


def continues(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.01)


def sent(port: int, scheme: str = "http", host: str = "hooks.example.org", **more: object) -> int:
    return post(Target(scheme, host, port, "/a?b"), [HERE], b"the body", {"x": "y"}, **more)  # type: ignore[arg-type]


def test_it_works() -> None:
    heard: list[bytes] = []
    with serving(answer(b"HTTP/1.1 204 No Content\r\n\r\n", heard)) as port:
        assert sent(port) == 204
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert body == b"the body"
    assert head.startswith(b"POST /a?b HTTP/1.1\r\n")
    assert f"Host: hooks.example.org:{port}\r\n".encode() in head
    assert head.count(b"Host:") == 1


def test_a_redirect_is_a_status_and_nobody_goes_there() -> None:
    with serving(answer(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n")) as port:
        assert sent(port) == 302


@pytest.mark.parametrize("serve", [lambda line: time.sleep(1), drip, continues])
def test_whoever_takes_its_time_is_cut(serve: Serve) -> None:
    begun = time.monotonic()
    with serving(serve) as port, pytest.raises(NotPosted, match=r"no answer within 0\.3 s"):
        sent(port, seconds=0.3)
    assert time.monotonic() - begun < 30


def test_an_endless_answer_is_not_read() -> None:
    begun = time.monotonic()
    with serving(flood) as port:
        assert sent(port, seconds=60) == 200
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    "said",
    [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n", b"\0" * 99],
)
def test_what_is_no_answer_is_told_in_a_sentence(said: bytes) -> None:
    with serving(answer(said)) as port, pytest.raises(NotPosted) as told:
        sent(port)
    assert 0 < len(str(told.value)) <= 200


def test_where_nobody_listens_is_told() -> None:
    with socket.create_server((HERE, 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotPosted, match="no connection"):
        sent(port)


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(answer(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        assert sent(port) == 200


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of hooks.example.org, and its key, in one file, signed by nobody but itself."""
    made = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ["-subj", "/CN=hooks.example.org", "-addext", "subjectAltName=DNS:hooks.example.org"]
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    try:
        subprocess.run(
            [*asked, "-keyout", made, "-out", f"{made}.crt"], check=True, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    made.write_text(made.read_text() + Path(f"{made}.crt").read_text())
    return made


def secured(certificate: Path, names: list[str | None]) -> Serve:
    def serve(line: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda line, name, context: names.append(name)
        with context.wrap_socket(line, server_side=True) as safe:
            answer(b"HTTP/1.1 200 OK\r\n\r\n")(safe)

    return serve


def test_the_certificate_is_for_the_host_though_the_line_goes_to_an_address(
    certificate: Path,
) -> None:
    names: list[str | None] = []
    trusting = ssl.create_default_context(cafile=f"{certificate}.crt")
    with serving(secured(certificate, names)) as port:
        assert sent(port, "https", tls=trusting) == 200
    assert names == ["hooks.example.org"]


def test_a_certificate_of_another_host_or_of_nobody_known_is_refused(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=f"{certificate}.crt")
    with serving(secured(certificate, [])) as port, pytest.raises(NotPosted, match="certificate"):
        sent(port, "https", "other.example.org", tls=trusting)
    with serving(secured(certificate, [])) as port, pytest.raises(NotPosted, match="certificate"):
        sent(port, "https")


def test_a_handshake_that_hangs_is_cut() -> None:
    with serving(lambda line: time.sleep(1)) as port, pytest.raises(NotPosted, match="no answer"):
        sent(port, "https", seconds=0.3)
