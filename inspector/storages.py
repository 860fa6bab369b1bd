"""Where bundles lie, read from one variable: a folder, or a bucket that speaks S3."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ImproperlyConfigured

FILES = "django.core.files.storage.FileSystemStorage"
S3 = "storages.backends.s3.S3Storage"


def of_bundles(address: str, folder: Path) -> dict[str, Any]:
    """`s3://bucket/prefix?endpoint_url=…&region_name=…` as an entry of STORAGES; files in `folder` when there is none.

    What follows the question mark are options of django-storages, which is installed beside: it is no requirement here.
    Its keys are read by boto3, from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or from where it looks else.
    """
    if not address:
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": FILES, "OPTIONS": {"location": folder, **modes}}
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise ImproperlyConfigured(
            f"BUNDLES={address!r} is not of the form s3://bucket/prefix?endpoint_url=…"
        )
    options = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "file_overwrite": False,
    }
    return {"BACKEND": S3, "OPTIONS": options | dict(parse_qsl(parts.query))}
