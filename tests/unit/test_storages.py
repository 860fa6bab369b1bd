"""Where bundles lie is read from one variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from inspector.checks import check_bundle_storage
from inspector.storages import of_bundles

FOLDER = Path("/srv/bundles")


def test_it_works():
    assert of_bundles("", FOLDER)["OPTIONS"]["location"] == FOLDER


def test_a_bucket_is_named_with_its_options():
    found = of_bundles(
        "s3://audits/inspector/?endpoint_url=http://minio:9000&region_name=eu", FOLDER
    )
    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    assert found["OPTIONS"] == {
        "bucket_name": "audits",
        "location": "inspector",
        "file_overwrite": False,
        "endpoint_url": "http://minio:9000",
        "region_name": "eu",
    }


def test_a_store_whose_package_is_missing_is_told_before_anything_starts(settings):
    settings.STORAGES = {**settings.STORAGES, "bundles": of_bundles("s3://audits", FOLDER)}
    [error] = check_bundle_storage(None)
    assert 'pip install "django-storages[s3]"' in error.hint
    settings.STORAGES = {**settings.STORAGES, "bundles": of_bundles("", FOLDER)}
    assert check_bundle_storage(None) == []


@pytest.mark.parametrize("address", ["audits", "https://audits", "s3:///prefix"])
def test_anything_else_is_refused_with_the_value(address):
    with pytest.raises(ImproperlyConfigured, match="is not of the form s3://bucket/prefix"):
        of_bundles(address, FOLDER)
