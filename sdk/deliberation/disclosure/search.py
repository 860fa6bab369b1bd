"""The answers about the search: compute, models, attempts, tools, resources, verifiers, replays."""

from __future__ import annotations

from collections import Counter

from deliberation.disclosure.gathering import TOOL_CALL, Gathered
from deliberation.disclosure.questions import (
    Answer,
    Question,
    Source,
    answered,
    not_recorded,
    withheld,
)
from deliberation.disclosure.surroundings import Surroundings
from deliberation.disclosure.words import counted, listed, plain

SEARCHING = (
    *("sample", "expansion", "rollout", "proposal", "critique", "revision", "verification"),
)
SHOWN = 20


def answer_high_compute(told: Gathered, around: Surroundings) -> Answer:
    """Say which mode was stated, and which forms of deliberation the record shows."""
    stated: list[str] = []
    for each in told.said("run.started", "strategy.set"):
        stated += [
            f"{name} {plain(each.facts[name])}"
            for name in ("strategy", "effort", "tier")
            if each.facts.get(name) not in (None, "unknown")
        ]
        if "high_compute" in each.facts:
            stated.append("high-compute mode" if each.facts["high_compute"] else "normal mode")
    forms = Counter(kind for kind in told.node_kinds.values() if kind in SEARCHING)
    calls = sum(kind == "model_call" for kind in told.node_kinds.values())
    shown = [counted(count, plain(kind)) for kind, count in forms.most_common()]
    if calls:
        shown.append(counted(calls, "model call"))
    if not stated and not shown:
        return not_recorded(Question.HIGH_COMPUTE)
    said = list(dict.fromkeys(stated))[:SHOWN]
    words = f"Stated: {listed(said) or 'nothing'}. Recorded: {listed(shown) or 'no calls'}."
    evidence = told.seqs("run.started", "strategy.set") or told.seqs("node.observed", "node.ended")
    return answered(Question.HIGH_COMPUTE, words, Source.DERIVED, evidence)


def answer_models(told: Gathered, around: Surroundings) -> Answer:
    """Name the models that were called."""
    meant = [model for each in told.said("run.started") for model in each.facts.get("models") or ()]
    if not told.models and not meant:
        return not_recorded(Question.MODELS)
    words = f"Called: {listed(sorted(told.models)[:SHOWN]) or 'none that is named'}"
    if told.providers:
        words += f", by {listed(sorted(told.providers)[:SHOWN])}"
    if meant and set(meant) != set(told.models):
        words += f". It meant to call {listed(meant[:SHOWN])}"
    evidence = [seqs[0] for seqs in told.models.values()] + told.seqs("run.started") * bool(meant)
    return answered(Question.MODELS, f"{words}.", Source.SDK, evidence)


def answer_attempts(told: Gathered, around: Surroundings) -> Answer:
    """Count candidates and what became of nodes, and say how one was chosen."""
    fates = Counter(told.fates.values())
    selections = told.said("answer.selected")
    tries = sum(kind in ("sample", "expansion", "rollout") for kind in told.node_kinds.values())
    if not (fates or selections or told.candidates or tries or told.failed):
        return not_recorded(Question.ATTEMPTS)
    counts = [
        counted(len(told.candidates), "candidate"),
        counted(tries, "attempt"),
        counted(fates["discarded"], "discarded node"),
        counted(len(told.failed), "failed node"),
    ]
    words = f"{listed(counts)}."
    if told.reasons:
        reasons = [f"{plain(reason)} ({n})" for reason, n in told.reasons.most_common(SHOWN)]
        words += f" Discarded as {listed(reasons)}."
    for each in selections[-1:]:
        words += f" Chosen by {plain(each.facts.get('rule') or 'a rule that is not told')}."
    evidence = told.seqs("answer.selected", "candidate.proposed", "discarded", "failed")
    return answered(Question.ATTEMPTS, words, Source.SDK, evidence)


def answer_tools(told: Gathered, around: Surroundings) -> Answer:
    """Count the uses of each tool, their effects and failures."""
    used = [node for node, kind in told.node_kinds.items() if kind == TOOL_CALL]
    if not used:
        return not_recorded(Question.TOOLS)
    by_name = Counter(told.tools.get(node, "a tool without a name") for node in used)
    effects = Counter(told.effects.get(node, "effect not told") for node in used)
    failed = sum(node in told.failed for node in used)
    names = [f"{plain(name)} ({count})" for name, count in by_name.most_common(SHOWN)]
    told_effects = [f"{plain(effect)} ({count})" for effect, count in effects.most_common(SHOWN)]
    words = (
        f"{counted(len(used), 'call')}: {listed(names)}. Effects: {listed(told_effects)}. "
        f"{counted(failed, 'call')} failed, "
        f"{counted(told.kinds['permit.refused'], 'use')} refused."
    )
    evidence = told.seqs("tool", "permit.refused")
    return answered(Question.TOOLS, words, Source.SDK, evidence)


def answer_resources(told: Gathered, around: Surroundings) -> Answer:
    """Name outside things. They stand in texts: where those are deleted or withheld nobody can tell."""
    if around.resources is None:
        return _resources_unread(told)
    if around.resources:
        names = listed([name for name, _ in around.resources[:SHOWN]])
        more = around.resource_count - min(len(around.resources), SHOWN)
        words = f"{names}{f' and {more:,} more' if more > 0 else ''}."
        evidence = [seq for _, seq in around.resources]
        return answered(Question.RESOURCES, words, Source.DERIVED, evidence)
    gone = told.seqs("part.redacted", "content.expired")
    if gone and told.tools:
        return withheld(Question.RESOURCES, gone)
    return not_recorded(Question.RESOURCES)


def _resources_unread(told: Gathered) -> Answer:
    hidden, shown = told.seqs("hidden input"), told.seqs("shown input")
    if hidden:
        return withheld(Question.RESOURCES, hidden)
    if not shown:
        return not_recorded(Question.RESOURCES)
    words = "What tools were given names them: it is shown, and was not read for this answer."
    return answered(Question.RESOURCES, words, Source.DERIVED, shown)


def answer_verifiers(told: Gathered, around: Surroundings) -> Answer:
    """Say who judged, how often to what outcome, and how independent they are."""
    signed = told.said("run.signed_off")
    if not told.verdicts and not signed:
        return not_recorded(Question.VERIFIERS)
    by_verifier: dict[str, list[str]] = {}
    for (verifier, outcome), count in sorted(told.verdicts.items()):
        by_verifier.setdefault(verifier, []).append(f"{outcome} {count}")
    said = [
        f"{plain(verifier)} ({listed(outcomes)}; "
        f"{plain(told.independence.get(verifier, 'independence not told'))})"
        for verifier, outcomes in list(by_verifier.items())[:SHOWN]
    ]
    said += [f"{each.by} signed off: {each.facts['outcome']}" for each in signed[:SHOWN]]
    words = f"{listed(said)}."
    if told.saw_reference:
        words += f" {counted(told.saw_reference, 'verdict')} saw the reference answer."
    evidence = told.seqs("run.signed_off", "verdict.given")
    return answered(Question.VERIFIERS, words, Source.SDK, evidence)


def answer_replays(told: Gathered, around: Surroundings) -> Answer:
    """Say which run this one replays, if it does."""
    for each in told.said("run.started"):
        if each.facts.get("replay_of"):
            how = plain(each.facts.get("replay_mode") or "in a way that is not told")
            words = f"It replays the run {each.facts['replay_of']}, {how}."
            return answered(Question.REPLAYS, words, Source.SDK, [each.seq])
    if told.said("run.started"):
        words = "It was started as no replay of another run."
        return answered(Question.REPLAYS, words, Source.SDK, told.seqs("run.started"))
    return not_recorded(Question.REPLAYS)
