"""A stranger cannot fill the log."""

from __future__ import annotations

import pytest
from django.test import Client


def test_a_host_that_is_not_ours_is_refused_and_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused = Client().get("/sign-in", HTTP_HOST="evil.example")
    assert refused.status_code == 400
    [record] = [each for each in caplog.records if each.name == "django.security.DisallowedHost"]
    assert "evil.example" in record.getMessage()
    assert record.exc_info is None
