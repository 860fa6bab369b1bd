"""Bundles in a store that speaks S3, over the network: the server of moto, where somebody has installed it.

It brings 65 packages and 370 MB, which the suite does without:
`pip install "moto[s3,server]" "django-storages[s3]"`, then run this file.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deliberation.bundle.verdict import Verdict
from inspector.storages import of_bundles
from tests.integration.bundles.exported import recorded_run, verified
from traces.actions.ask_for_bundle import ask_for_bundle
from traces.actions.export_bundle import export_next
from traces.actions.remove_bundles import expire_bundles, remove_left_behind
from traces.audit.export_options import ExportOptions
from traces.models import Bundle, Run
from traces.queries.bundle_files import bundle_storage
from traces.signer.ask import SignerAt

WHY = "the store is tried by hand: see above"
server = pytest.importorskip("moto.server", reason=WHY)
pytest.importorskip("storages.backends.s3", reason=WHY)
boto3 = pytest.importorskip("boto3", reason=WHY)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    running.start()
    try:
        host, port = running.get_host_and_port()
        url = f"http://{host}:{port}"
        boto3.client("s3", endpoint_url=url, region_name="us-east-1").create_bucket(Bucket="audit")
        yield f"s3://audit/ours?endpoint_url={url}&region_name=us-east-1"
    finally:
        running.stop()


@pytest.fixture(autouse=True)
def _there(address: str, tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    settings.STORAGES = {**settings.STORAGES, "bundles": of_bundles(address, tmp_path)}


def exported() -> Bundle:
    bundle = ask_for_bundle(
        run=Run.objects.get(pk=recorded_run()),
        options=ExportOptions(signed=False),
        by="user:alice",
        bundle_id=uuid.uuid4(),
        now_ns=time.time_ns(),
    )
    nobody = SignerAt(Path("/nowhere/signer"))
    assert export_next(clock=time.time_ns, randbytes=random.randbytes, signer=nobody)
    bundle.refresh_from_db()
    return bundle


def test_it_works(tmp_path):
    bundle = exported()
    assert (bundle.status, bundle.error) == ("ready", None)
    with bundle_storage().open(bundle.file) as file:
        content = file.read()
    assert len(content) == bundle.size == bundle_storage().size(bundle.file)
    report = verified(content)
    assert (report.verdict, report.identity) == (Verdict.UNPINNED, bundle.identity)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    assert remove_left_behind() == 0
    expire_bundles(now_ns=time.time_ns() + 8 * 24 * 3600 * 10**9)
    assert not bundle_storage().exists(bundle.file)


def test_a_bucket_that_is_not_there_is_told(settings, address, tmp_path):
    wrong = address.replace("//audit/", "//nobody/")
    settings.STORAGES = {**settings.STORAGES, "bundles": of_bundles(wrong, tmp_path)}
    bundle = exported()
    assert bundle.status == "failed"
    assert "the store of bundles did not take the file" in bundle.error
