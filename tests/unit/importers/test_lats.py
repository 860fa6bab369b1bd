"""LATS logs become searches: states with values, what a rollout followed, and what the environment paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    FateDecided,
    NodeScored,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    DiscardReason,
    Fate,
    NodeKind,
    ObservedState,
    Strategy,
    VerdictOutcome,
)
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.lats import NO_END, read, sniff
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest, told

EXAMPLE = (
    "Webshop\nInstruction:\nan example\n[Search]\n\nAction: search[example]\nObservation: ok\n\n"
)
TASK = "WebShop\nInstruction:\na long hair extension\n[Search]\n"
SEARCH_A, SEARCH_B, CLICK, BUY = "search[a]", "search[b]", "click[x]", "click[Buy Now]"


class Log:
    """Records, a second after each other."""

    def __init__(self) -> None:
        self.text = ""
        self.seconds = 0

    def add(self, *records: str) -> Log:
        for record in records:
            self.text += f"2023-10-10 01:48:{self.seconds:02},250 - INFO - {record}\n"
            self.seconds += 1
        return self

    def write(self, folder: Path) -> list[ImportedRun]:
        path = folder / "run.log"
        path.write_text(self.text)
        return list(read(path))


def path_of(*actions: str) -> str:
    return TASK + "\n\n".join(f"Action: {action}\nObservation: page" for action in actions)


def ask(*actions: str) -> str:
    return f"PROMPT: {EXAMPLE}{path_of(*actions)}\nAction: "


def state(depth: int, action: str, value: str = "0.00", seen: str = "\n[Back]\n(1) page") -> str:
    return f"NEW NODE: Node(depth={depth}, value={value}, visits=0, action={action}, observation={seen})"


def judge(value: str, *actions: str) -> list[str]:
    prompt = f"VALUE PROMPT: Given …\n{EXAMPLE}{path_of(*actions)}\n\nReflection: "
    return [prompt, f"VALUE OUTPUTS: ['It is so. The score is {value}']", f"VALUES: {value}"]


def whole() -> Log:
    log = Log().add("{}", "Iteration 1...", ask(), f"SAMPLED ACTION: ['\\nAction: {SEARCH_A}']")
    log.add(state(1, SEARCH_A), state(1, SEARCH_A), state(1, SEARCH_B))
    log.add(*judge("0.4", SEARCH_A), *judge("0.9", SEARCH_B), "Length of votes: 2")
    log.add(ask(SEARCH_B), "SAMPLED ACTION: ['…']", state(2, CLICK), state(2, "click[y]"))
    log.add(*judge("0.8", SEARCH_B, CLICK), *judge("0.5", SEARCH_B, "click[y]"))
    log.add(ask(SEARCH_B, CLICK), "SAMPLED ACTION: ['…']")
    log.add("reward:1.0", state(3, BUY, "1.00", "Your score (min 0.0, max 1.0): 1.0"))
    return log.add("Successful trajectory found", "RESULTS: 1.0, 0.02, 0.0")


@pytest.fixture
def run(tmp_path: Path) -> ImportedRun:
    (found,) = whole().write(tmp_path)
    return found


def test_it_works(run: ImportedRun) -> None:
    start, end = only(run, RunStarted), only(run, RunEnded)
    assert (start.task, start.strategy) == ("a long hair extension", Strategy.MCTS)
    assert (end.state, end.answer) == (ObservedState.COMPLETED, BUY)
    assert only(run, AnswerSelected).node == "s.5"
    kinds = [event.node_kind for event in nodes(run).values()]
    counts = {kind: kinds.count(kind) for kind in kinds}
    assert counts == {
        NodeKind.STEP: 1,
        NodeKind.MODEL_CALL: 3,
        NodeKind.EXPANSION: 3,
        NodeKind.ROLLOUT: 3,
        NodeKind.CRITIQUE: 4,
    }
    assert (run.size, run.warnings) == (14, [])


def test_a_state_hangs_under_the_one_that_its_prompt_tells(run: ImportedRun) -> None:
    found = nodes(run)
    parents = [found[f"s.{number}"].parent for number in range(6)]
    assert parents == ["root", "root", "root", "s.2", "s.2", "s.3"]
    assert [found[f"p.{number}"].parent for number in range(3)] == ["root", "s.2", "s.3"]
    assert (found["s.3"].text, found["s.3"].output) == (CLICK, "[Back]\n(1) page")


def test_a_value_is_of_the_state_that_was_judged(run: ImportedRun) -> None:
    scores = {score.node: score.value for score in told(run, NodeScored)}
    assert scores == {"s.1": 0.4, "s.2": 0.9, "s.3": 0.8, "s.4": 0.5}
    critique = nodes(run)["v.1"]
    assert (critique.parent, critique.output) == ("s.2", "It is so. The score is 0.9")


def test_what_became_of_each_state(run: ImportedRun) -> None:
    fates = {fate.node: (fate.fate, fate.reason) for fate in told(run, FateDecided)}
    assert fates == {
        "s.0": (Fate.DISCARDED, DiscardReason.DUPLICATE),
        "s.1": (Fate.KEPT, None),
        "s.2": (Fate.SELECTED, None),
        "s.3": (Fate.SELECTED, None),
        "s.4": (Fate.DISCARDED, DiscardReason.PRUNED_LOW_VALUE),
        "s.5": (Fate.SELECTED, None),
    }
    cut = next(fate for fate in told(run, FateDecided) if fate.node == "s.4")
    assert (cut.value, cut.cutoff) == (0.5, 0.8)


def test_the_reward_is_a_verdict_that_has_seen_the_reference(run: ImportedRun) -> None:
    verdict, candidate = only(run, VerdictGiven), only(run, CandidateProposed)
    assert (verdict.node, verdict.outcome, verdict.score) == ("s.5", VerdictOutcome.ACCEPT, 1.0)
    assert (verdict.saw_reference, candidate.correct) == (True, True)


def test_times_are_the_records(run: ImportedRun) -> None:
    start, end = only(run, RunStarted), only(run, RunEnded)
    assert start.at == 1_696_902_481_250_000_000
    assert end.at
    assert end.at > start.at


def test_a_search_that_another_follows_without_an_end_crashed(tmp_path: Path) -> None:
    log = Log().add("{}", "Iteration 1...", ask(), "{}")
    first, second = log.add("Iteration 1...", ask()).write(tmp_path)
    assert only(first, RunEnded).state is ObservedState.CRASHED
    assert told(second, RunEnded) == []
    assert first.warnings == second.warnings == [NO_END]
    assert first.known_by != second.known_by


def test_a_search_of_many_iterations_is_one_run(tmp_path: Path) -> None:
    log = Log().add("Iteration 1...", ask(), "SAMPLED ACTION: []", state(1, SEARCH_A))
    log.add("Iteration 2...", "Selected node at depth 1 with UCT inf.", ask(SEARCH_A))
    log.add(
        "SAMPLED ACTION: []", state(2, CLICK), "Unsuccessful/Partially Successful trajectory found"
    )
    (run,) = log.write(tmp_path)
    found = nodes(run)
    assert (found["s.1"].parent, found["s.1"].node_kind) == ("s.0", NodeKind.EXPANSION)
    assert rest(found["root"]) == {"iterations": 2, "records_not_read": {"Selected node": 1}}
    end = only(run, RunEnded)
    assert (end.state, end.answer, end.stop_reason) == (ObservedState.COMPLETED, None, "iterations")


def test_a_thought_beside_the_action_is_reasoning(tmp_path: Path) -> None:
    text = "NEW NODE: Node(depth=1, value=0.00, visits=0, thought=I think, action=Search[x], observation=y)"
    (run,) = Log().add("Iteration 1...", ask(), "SAMPLED ACTION: []", text).write(tmp_path)
    assert (nodes(run)["s.0"].reasoning, nodes(run)["s.0"].text) == ("I think", "Search[x]")


def test_a_state_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    log = Log().add("Iteration 1...", ask(), "SAMPLED ACTION: []", "NEW NODE: Node(depth=x)")
    (run,) = log.write(tmp_path)
    last = log.text.count("\n")
    assert run.warnings[0] == f"record at line {last} is left out: it is no state"


def test_an_odd_number_is_no_value(tmp_path: Path) -> None:
    log = Log().add("Iteration 1...", ask(), "SAMPLED ACTION: []", state(1, SEARCH_A))
    log.add("VALUE PROMPT: ?", "VALUE OUTPUTS: [oops", "VALUES: many")
    (run,) = log.write(tmp_path)
    assert told(run, NodeScored) == []
    assert nodes(run)["v.0"].output == "[oops"


def test_every_event_keeps_its_key_and_survives_the_wire(run: ImportedRun) -> None:
    assert_repeatable(run)


def test_it_is_known_by_its_first_iteration() -> None:
    assert sniff(Path("x.log"), whole().text.encode())
    assert not sniff(Path("x.log"), Log().add("Started").text.encode())
    assert not sniff(Path("x.log"), b"see - INFO - Iteration 1...")


def test_a_log_without_a_search_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotImportable):
        Log().add("Started").write(tmp_path)
