"""`manage.py selfcheck` computes the published figures again from the logs, and /selfcheck shows what it found."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.integration.importers.ground_truth import DATA, FILE, leaves
from tests.people import People
from traces.models import Run, Selfcheck

QUICK = [
    "tot_game24/tot_bfs_b5.json",
    "reflexion_verifier",
    "tau_bench_airline",
    "swe_agent_traj",
    "lats_mcts",
    "aider_polyglot",
    "GROUND_TRUTH.json",
]
"""What is read in seconds: test_ground_truth computes with the others from stored rows."""
NOT_READ = (
    *("tot_game24.io.", "tot_game24.cot.", "codet_humaneval.", "gsm8k."),
    "aider.tiers.o3",  # its labels are the stated efforts alone; ours also read the command
)
needs_logs = pytest.mark.skipif(
    not FILE.is_file(), reason="the public logs are not beside this tree (../shared/data)"
)


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)
    return client


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    for name in QUICK:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(DATA / name)
    return tmp_path


def selfcheck(data: Path, **options: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("selfcheck", data=data, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@needs_logs
def test_it_works(bob: Client, logs: Path) -> None:
    """Every total that another program made of these files comes out, and every published figure or its reason."""
    out, err = selfcheck(logs, json=True)
    rows = json.loads(out)
    assert {row["status"] for row in rows if row["published"] is not None} == {
        "agrees",
        "explained",
    }
    truth = dict(leaves(json.loads(FILE.read_text())))
    computed = {row["name"] for row in rows}
    assert [name for name in truth if name not in computed and not name.startswith(NOT_READ)] == []
    explained = {row["name"]: row for row in rows if row["status"] == "explained"}
    assert explained.keys() == {
        "tot_game24.tot_b5.success_any",
        "tot_game24.tot_b5.prompt_tokens_case.mean",
        "swe_agent.replay_cost",
    }
    assert explained["swe_agent.replay_cost"]["ours"] is None
    assert "codet_humaneval/DERIVED_sample_results.csv is not there" in err
    assert not Run.objects.exists()
    page = bob.get(reverse("selfcheck")).text
    assert "false discovery" in page
    assert "differs, explained" in page
    assert "tot_game24/io_100.json was not there" in page


def test_without_logs_it_says_how_to_get_them_and_keeps_nothing(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"--download.*--data DIR"):
        selfcheck(tmp_path)
    assert not Selfcheck.objects.exists()


def test_a_figure_that_is_off_is_told_kept_and_an_error(bob: Client, tmp_path: Path) -> None:
    """A log that somebody changed: its digest is another, and so is what comes out of it."""
    log = tmp_path / "gsm8k_verifier" / "example_model_solutions.jsonl"
    log.parent.mkdir()
    solution = {"is_correct": True, "solution": "It is 4.\n#### 4"}
    record = {"question": "2 + 2?", "ground_truth": "#### 4", "6b_finetuning": solution}
    log.write_text(json.dumps(record) + "\n")
    (tmp_path / "GROUND_TRUTH.json").write_text('{"gsm8k": {"6b_finetuning": [0, 1, 0.0]}}')
    with pytest.raises(CommandError, match="1 figures are off"):
        selfcheck(tmp_path)
    page = bob.get(reverse("selfcheck")).text
    assert "not the published file, by its SHA-256" in page
    assert 'chip--bad">off<' in page


def test_before_the_first_check_the_page_says_how_to_make_one(bob: Client) -> None:
    answer = bob.get(reverse("selfcheck"))
    assert (answer.status_code, "--download" in answer.text) == (200, True)
    assert Client().get(reverse("selfcheck")).status_code == 302
