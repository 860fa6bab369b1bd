"""Messages are signed as receivers' libraries expect."""

from __future__ import annotations

import base64

from traces.outgoing.signing import SECRET_BYTES, signed_headers, write_secret

PUBLISHED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""The example of the specification's reference libraries, with its signature below."""


def test_it_works() -> None:
    headers = signed_headers(
        key=base64.b64decode(PUBLISHED.removeprefix("whsec_")),
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        seconds=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_is_written_as_the_specification_says() -> None:
    key = bytes(range(SECRET_BYTES))
    written = write_secret(key)
    assert written.startswith("whsec_")
    assert base64.b64decode(written.removeprefix("whsec_")) == key
