"""Bundles of other installations come in as they are, or not at all."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from deliberation.bundle.keys import read_key, read_keys
from deliberation.bundle.verdict import Verdict
from tests.bundles.attack import Attack, Golden
from tests.bundles.build import bundle, zipped
from tests.bundles.corpus import ATTACKS
from tests.bundles.signer import INSTANCE, OPERATOR
from tests.bundles.story import OTHER_RUN, Story, tell_story
from tests.integration.build import make_project, new_run, observed, put_on_record
from tests.integration.bundles.exported import MADE_AT, exported, recorded_run, verified
from tests.people import People, make_person
from traces.actions.expire_run import expire_run_by_policy
from traces.actions.import_bundle import ToImport, import_bundle
from traces.actions.rebuild import rebuild
from traces.actions.write_run import write_run
from traces.audit.export_options import ExportOptions
from traces.audit.not_imported import NotImported
from traces.models import ForeignRun, InstanceEntry, LedgerEntry, LedgerPart, Node, Run
from traces.models.access import Role
from traces.queries.access import NotAllowed, Viewer, see_run_as
from traces.queries.disclosure import get_disclosure
from traces.queries.recheck_run import recheck_run
from traces.queries.removals import list_removals
from traces.queries.signer import the_signer

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parents[2] / "golden" / "bundles"
NOW_NS = 1_795_000_000 * 10**9


def imported(data: bytes, **trusted: Any) -> Any:
    given = ToImport(
        file=io.BytesIO(data), project=make_project("there").pk, by="user:a", **trusted
    )
    return import_bundle(given, now_ns=NOW_NS)


def make_viewer(slug: str) -> Viewer:
    return Viewer(project_ids=frozenset({make_project(slug).pk}))


def forgotten(run: str) -> None:
    """As if the run had been made elsewhere."""
    for table in (LedgerEntry, LedgerPart, Node):
        table.objects.filter(run_id=run).delete()
    Run.objects.filter(pk=run).delete()


def exported_again(run: str) -> bytes:
    out = io.BytesIO()
    write_run(
        out,
        run_id=Run.objects.get(pk=run).pk,
        options=ExportOptions(signed=False, derived=False),
        signer=the_signer(),
        made_at=MADE_AT,
        tell=lambda done, entries: None,
    )
    return out.getvalue()


def evidence(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {n: archive.read(n) for n in archive.namelist() if n.startswith("data/evidence/")}


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.zip").read_bytes()


def test_it_works():
    run = recorded_run()
    sent, _ = exported(run)
    nodes = list(Node.objects.filter(run_id=run).order_by("ordinal").values())
    forgotten(run)
    report = imported(sent)
    assert report.verdict == Verdict.UNPINNED
    assert evidence(exported_again(run)) == evidence(sent)
    assert list(Node.objects.filter(run_id=run).order_by("ordinal").values()) == nodes
    row = Run.objects.get(pk=run)
    assert (row.source, row.project.slug) == ("bundle", "there")


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.zip")))
def test_every_golden_bundle_comes_in_and_goes_out_again_byte_by_byte(name):
    sent = golden(name)
    report = imported(sent, keys=[] if "unsigned" in name else [read_key(OPERATOR.line)])
    again: dict[str, bytes] = {}
    for run in report.runs:
        went_out = exported_again(run.run)
        assert verified(went_out).reason == ""
        assert recheck_run(uuid.UUID(run.run)).differences == []
        assert len(get_disclosure(who=make_viewer("there"), run_id=run.run)) == 24
        again |= evidence(went_out)
    assert again == evidence(sent)


def test_a_redaction_that_names_nobody_is_told_as_that():
    run = imported(golden("v1-withheld-and-redacted")).runs[0].run
    [removal] = list_removals(who=make_viewer("there"), run_id=run)
    assert (removal.by, removal.rule, removal.basis) == (None, None, "art-17")
    assert removal.words == "redacted"


def test_what_was_withheld_and_redacted_there_stays_so():
    sent = zipped(bundle(closed_story()))
    [run] = imported(sent).runs
    assert (run.withheld, run.gone) == (1, 1)
    assert evidence(exported_again(run.run)) == evidence(sent)


def test_several_runs_come_together_and_say_from_where():
    report = imported(
        zipped(bundle(closed_story(), tell_story(OTHER_RUN, 2))),
        keys=read_keys([str(GOLDEN / "key.txt")]),
    )
    found = ForeignRun.objects.all()
    assert {str(each.run_id) for each in found} == {run.run for run in report.runs}
    assert {(each.instance, each.verdict) for each in found} == {(INSTANCE, "SIGNED")}
    told = InstanceEntry.objects.filter(kind="bundle.imported")
    assert {str(each.run_id) for each in told} == {run.run for run in report.runs}


def test_the_same_bundle_again_is_refused():
    imported(golden("v1-one-run"))
    with pytest.raises(NotImported, match="is here already"):
        imported(golden("v1-one-run"))


def test_a_run_of_this_installation_is_refused():
    run = recorded_run()
    sent, _ = exported(run)
    with pytest.raises(NotImported, match=f"run {run} is here already"):
        imported(sent)
    assert Run.objects.get(pk=run).source == "sdk"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_no_attack_gets_in(attack: Attack):
    if attack.heads is not None or attack.exit_code_alone not in (
        40,
        50,
    ):  # nobody names an authority here
        pytest.skip("passes for whoever holds no head")
    keys = [read_key(OPERATOR.line)] if attack.trusts else []
    with pytest.raises(NotImported) as refused:
        imported(attack.make(Golden()), keys=keys)
    assert attack.reason in str(refused.value)
    assert_nothing_is_here()


def test_what_this_version_cannot_show_is_refused_whole():
    run = new_run()
    ended = make_event_of_no_table(run)
    with pytest.raises(NotImported, match="so nothing was imported"):
        imported(ended)
    assert_nothing_is_here()


def test_nothing_is_added_to_a_foreign_run(people: People):
    [run] = imported(golden("v1-one-run")).runs
    there = make_project("there")
    owner = make_person("olga", project=there, role=Role.OWNER)
    with pytest.raises(NotAllowed, match="stands as it came"):
        see_run_as(owner, run.run, [Role.OWNER])
    refused: list[Any] = []
    put_on_record(there, observed(run.run, "n9"), refuse=refused.append)
    assert len(refused) == 1
    assert Run.objects.get(pk=run.run).size == run.size


def test_a_foreign_run_is_deleted_whole_and_not_taken_again():
    [run] = imported(golden("v1-one-run")).runs
    expire_run_by_policy(run_id=Run.objects.get(pk=run.run).pk, policy="x", now_ns=NOW_NS)
    assert_nothing_is_here()
    with pytest.raises(NotImported, match="was deleted here"):
        imported(golden("v1-one-run"))


def test_a_foreign_run_can_be_rebuilt_and_checked():
    [run] = imported(zipped(bundle(closed_story()))).runs
    nodes = Node.objects.filter(run_id=run.run).order_by("ordinal")
    before = list(nodes.values())
    rebuild(run_id=Run.objects.get(pk=run.run).pk)
    assert list(nodes.values()) == before
    assert recheck_run(Run.objects.get(pk=run.run).pk).differences == []


def test_the_command_imports_and_refuses(tmp_path):
    make_project()
    told = io.StringIO()
    file = GOLDEN / "v1-one-run.zip"
    call_command("import_bundle", str(file), "--trust", str(GOLDEN / "key.txt"), stdout=told)
    assert json.loads(told.getvalue())["verdict"] == "SIGNED"
    broken = tmp_path / "cut.zip"
    broken.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(CommandError, match="INVALID: not a zip, or cut off"):
        call_command("import_bundle", str(broken))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_bundle", str(tmp_path / "nothing"))


def closed_story() -> Story:
    """A run of which one answer is withheld, and one text was redacted by a later entry."""
    story = tell_story()
    seq = len(story.entries)
    facts = {
        "basis": "art-17",
        "by": "user:bob",
        "entry": 3,
        "part": "rationale",
        "rule": "personal_data",
    }
    story.tell_plainly("part.redacted", facts)
    story.withheld[2, "answer"] = "the client's business"
    story.gone[3, "rationale"] = seq
    return story


def assert_nothing_is_here() -> None:
    assert not Run.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert not LedgerPart.objects.exists()
    assert not ForeignRun.objects.exists()


def make_event_of_no_table(run: str) -> bytes:
    """A bundle that verifies, of a kind of entry that this version does not know."""
    story = tell_story(run)
    story.tell_plainly("model.dreamt", {"of": "sheep"})
    return zipped(bundle(story))
