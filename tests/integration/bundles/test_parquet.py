"""Tables of a bundle as Parquet: offered where pyarrow is installed, and refused with a sentence where it is not."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from deliberation.bundle.verdict import Verdict
from tests.integration.bundles.exported import recorded_run, verified
from tests.integration.bundles.test_derived import bundle_of, told_run
from traces.actions import ask_for_bundle
from traces.actions.conflict import Unfit
from traces.audit import parquet
from traces.audit.export_options import ExportOptions
from traces.audit.not_exported import NotExported
from traces.audit.withholding import Withholding
from traces.models import LedgerEntry, Run
from traces.queries import parquet_files

pytestmark = pytest.mark.django_db


def tables_of(data: bytes) -> dict[str, Any]:
    """The Parquet files of a bundle, read."""
    reader = pytest.importorskip("pyarrow.parquet", reason="pyarrow is an extra")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".parquet")]
        return {
            name.rpartition("/")[2]: reader.ParquetFile(io.BytesIO(archive.read(name)))
            for name in names
        }


def test_it_works(monkeypatch):
    pytest.importorskip("pyarrow", reason="pyarrow is an extra")
    monkeypatch.setattr(parquet_files, "GROUP_ROWS", 5)
    monkeypatch.setattr(parquet_files, "ENTRIES_AT_ONCE", 7)
    run = told_run()
    data = bundle_of(run, parquet=True)
    assert verified(data).verdict == Verdict.UNPINNED
    tables = tables_of(data)
    assert sorted(tables) == ["costs.parquet", "events.parquet", "nodes.parquet"]
    events = tables["events.parquet"].read().to_pylist()
    lines = [
        json.loads(bytes(each.line))
        for each in LedgerEntry.objects.filter(run_id=run).order_by("seq")
    ]
    assert tables["events.parquet"].num_row_groups == -(-len(lines) // 5)
    assert [(each["seq"], each["kind"], json.loads(each["facts"])) for each in events] == [
        (each["seq"], each["kind"], each["d"]) for each in lines
    ]
    assert [each["parts"] for each in events] == [list(each["p"]) for each in lines]
    costs = {each["node_id"]: each["cost"] for each in tables["costs.parquet"].read().to_pylist()}
    assert costs["=cmd|' /C calc'!A0"] == Decimal("0.25")
    nodes = {each["node_id"]: each for each in tables["nodes.parquet"].read().to_pylist()}
    assert nodes["=cmd|' /C calc'!A0"]["started_ns"] == 10**18
    assert nodes.keys() == costs.keys()


def test_no_text_that_is_withheld_stands_in_a_table():
    pytest.importorskip("pyarrow", reason="pyarrow is an extra")
    withholding = Withholding(everything=True, reason="not yours")
    tables = tables_of(bundle_of(told_run(), parquet=True, withholding=withholding))
    said = str([table.read().to_pylist() for table in tables.values()])
    for word in ("größer", "because", "a wrong path", "alert(1)", "No."):
        assert word not in said


def test_numbers_that_no_column_holds_are_unknown_there():
    pytest.importorskip("pyarrow", reason="pyarrow is an extra")
    columns = {"n": parquet.Column.WHOLE, "usd": parquet.Column.MONEY}
    rows = [
        {"n": 2**63, "usd": Decimal(10**21)},
        {"n": -5, "usd": Decimal("99999999999999999999.5")},
    ]
    from pyarrow import parquet as reader

    data = b"".join(parquet.parquet_chunks(columns, [rows]))
    read = reader.read_table(io.BytesIO(data)).to_pylist()
    assert read == [{"n": None, "usd": None}, rows[1]]


def test_where_pyarrow_is_missing_it_is_not_offered_and_asking_is_refused(monkeypatch):
    monkeypatch.setattr(parquet, "find_spec", lambda name: None)
    run = Run.objects.get(pk=recorded_run())
    with pytest.raises(Unfit, match="pyarrow is not installed"):
        ask_for_bundle.ask_for_bundle(
            run=run,
            options=ExportOptions(parquet=True),
            by="user:alice",
            bundle_id=uuid.uuid4(),
            now_ns=1,
        )
    with pytest.raises(NotExported, match="pyarrow is not installed"):
        bundle_of(str(run.pk), parquet=True)
