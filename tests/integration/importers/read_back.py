"""A hundred public searches that were imported, read back over HTTP and held against totals that others recomputed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.test import Client

from tests.integration.build import NOW
from traces.actions.set_up_local import make_key
from traces.models.access import Project, Scope

KEY = "a-key-that-nobody-guesses"


class Api:
    """The API with a key; every answer is kept to what it says."""

    def __init__(self) -> None:
        self.client = Client(headers={"authorization": f"Bearer {KEY}"})

    def get(self, path: str, **query: object) -> Any:
        answer = self.client.get(f"/api/v1/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def all(self, path: str, cursor: str, limit: int) -> Iterator[Any]:
        query: dict[str, object] = {"limit": limit}
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query[cursor] = page["next"]


def assert_read_back(truth: dict[str, Any]) -> None:
    """`truth` is the file's own, with its levels, which the flat leaves have not."""
    make_key(project=Project.objects.get(), name="k", key=KEY, scopes=[Scope.READ], now=NOW)
    api = Api()
    runs = list(api.all("runs", "cursor", 7))
    assert_totals(runs, truth)
    nodes = {run["id"]: list(api.all(f"runs/{run['id']}/nodes", "after", 1000)) for run in runs}
    assert_nodes([node for each in nodes.values() for node in each], truth)
    for run in runs[:3]:
        assert_one_run(api.get(f"runs/{run['id']}"), nodes[run["id"]])
    assert_outputs(
        {run["id"]: api.get(f"runs/{run['id']}/candidates")["items"] for run in runs}, truth
    )


def assert_totals(runs: list[Any], truth: dict[str, Any]) -> None:
    assert len({run["id"] for run in runs}) == len(runs) == truth["cases"]
    assert {run["strategy"] for run in runs} == {"tot_bfs"}
    assert {(run["cost"]["provenance"], run["source"]) for run in runs} == {("reported", "import")}
    assert sum(run["usage"]["input"] for run in runs) == truth["prompt_tokens"]
    assert sum(run["usage"]["output"] for run in runs) == truth["completion_tokens"]
    assert sum(Decimal(run["cost"]["amount"]) for run in runs) == Decimal(str(truth["cost"]))
    assert sum(run["counts"]["nodes"] for run in runs) == truth["nodes_incl_root"]


def assert_nodes(nodes: list[Any], truth: dict[str, Any]) -> None:
    assert len(nodes) == truth["nodes_incl_root"]
    levels = Counter(node["depth"] for node in nodes)
    assert [levels[depth] for depth in range(5)] == [truth["cases"], *truth["generated_per_step"]]
    fates = Counter((node["fate"], node["fate_reason"]) for node in nodes)
    assert fates == {
        ("open", None): truth["cases"],
        ("selected", None): truth["fate"]["returned_path"],
        ("kept", None): truth["fate"]["kept_in_beam_not_returned"],
        ("discarded", "pruned_low_value"): truth["fate"]["pruned_low_value"],
        ("discarded", "duplicate"): truth["fate"]["duplicate"],
    }
    pruned = [node for node in nodes if node["fate_reason"] == "pruned_low_value"]
    assert all(node["fate_by"] and node["rank"] is not None for node in pruned)
    assert all(node["value"] <= node["fate_cutoff"] for node in pruned)
    assert {node["cost_basis"] for node in nodes if node["depth"] == 0} == {"unallocated"}
    assert not any(node["cost"]["amount"] for node in nodes if node["depth"] > 0)


def assert_one_run(run: Any, nodes: list[Any]) -> None:
    assert nodes[0]["subtree"]["nodes"] == run["counts"]["nodes"] == len(nodes)
    assert nodes[0]["subtree"]["cost"] == run["cost"]["amount"]
    assert [node["order"] for node in nodes] == list(range(len(nodes)))
    discarded = sum(node["fate"] == "discarded" for node in nodes)
    assert run["discarded"]["nodes"] == discarded == run["counts"]["discarded"]


def assert_outputs(candidates: dict[str, list[Any]], truth: dict[str, Any]) -> None:
    right = {
        run: [each for each in listed if each["correct"]] for run, listed in candidates.items()
    }
    assert sum(map(len, candidates.values())) == 5 * truth["cases"]
    assert sum(map(len, right.values())) == truth["outputs_correct"]
    assert sum(map(bool, right.values())) == truth["success_any"] * truth["cases"]
    chosen = [each for listed in candidates.values() for each in listed if each["chosen"]]
    assert len(chosen) == truth["cases"]
    assert sum(each["correct"] for each in chosen) == truth["success_top1"] * truth["cases"]
