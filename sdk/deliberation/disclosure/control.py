"""The answers about control: approvals, budgets, consumption, escalation, interrupts, people, beginning and end."""

from __future__ import annotations

from collections import Counter

from deliberation.disclosure.facts import ABOUT_APPROVALS, SAID
from deliberation.disclosure.gathering import Gathered
from deliberation.disclosure.gathering import Said as Entry
from deliberation.disclosure.questions import Answer, Question, Source, answered, not_recorded
from deliberation.disclosure.surroundings import Surroundings
from deliberation.disclosure.words import counted, listed, plain, seconds

GRAVE = ("write", "irreversible")
STOPPING = ("stop", "kill", "pause")
SHOWN = 10
MOST_LIMITS = 40
NOT_ADDED_UP = "; they are not added up here, since several may tell of one call."
SAID_WORDS = {
    "note.written": "note",
    "tags.changed": "change of tags",
    "rating.given": "rating",
    "run.signed_off": "sign-off",
}


def answer_actions(told: Gathered, around: Surroundings) -> Answer:
    """Say of each request who decided, how soon, and of grave actions whether anybody was asked."""
    requests = told.said("approval.requested")
    grave = {node for node, effect in told.effects.items() if effect in GRAVE}
    if not requests and not grave:
        return not_recorded(Question.CONSEQUENTIAL_ACTIONS)
    asked = {each.facts.get("node") for each in requests}
    said = [_request(told, each) for each in requests[:SHOWN]]
    words = f"{counted(len(requests), 'request')}"
    words += f": {'; '.join(said)}." if said else "."
    unasked = len(grave - asked)
    asking = "action that writes or cannot be undone", "actions that write or cannot be undone"
    words += f" {counted(unasked, *asking)}, without a request."
    evidence = told.seqs(*ABOUT_APPROVALS) or told.seqs("tool")
    return answered(Question.CONSEQUENTIAL_ACTIONS, words, Source.SERVER, evidence)


def _request(told: Gathered, request: Entry) -> str:
    name = request.facts["approval"]
    decisions = [
        f"{plain(each.facts['decision'])} by {each.facts['by']}{_after(request, each)}"
        for each in told.said("approval.decided")
        if each.facts["approval"] == name
    ]
    closings = [
        plain(each.facts["status"])
        for each in told.said("approval.closed")
        if each.facts["approval"] == name
    ]
    uses = sum(each.facts["approval"] == name for each in told.said("permit.consumed"))
    became = [*decisions, *closings, *(["used"] if uses else [])]
    return f"{request.facts['tool']}: {listed(became) or 'not answered'}"


def _after(request: Entry, decision: Entry) -> str:
    if request.at is None or decision.at is None:
        return ""
    return f" after {seconds(decision.at - request.at)}"


def answer_budgets(told: Gathered, around: Surroundings) -> Answer:
    """Name the limits that were set at the start and later."""
    said: list[str] = []
    for each in told.said("run.started"):
        for word in ("budgets", "soft_budgets"):
            which = "hard" if word == "budgets" else "soft"
            for name, amount in (each.facts.get(word) or {}).items():
                said.append(f"{plain(name)} {amount} ({which}, by the program)")
    for each in told.said("budget.set"):
        amounts = [
            f"{which} {each.facts[which]}" for which in ("soft", "hard") if which in each.facts
        ]
        version, by = each.facts["version"], each.facts["by"]
        said.append(
            f"{plain(each.facts['dimension'])} {listed(amounts) or 'no limit'} (version {version}, by {by})"
        )
    if not said:
        return not_recorded(Question.BUDGETS)
    evidence = told.seqs("budget.set", "run.started")
    limits = list(dict.fromkeys(said))
    more = f" and {len(limits) - MOST_LIMITS:,} more" if len(limits) > MOST_LIMITS else ""
    words = f"{listed(limits[:MOST_LIMITS])}{more}."
    return answered(Question.BUDGETS, words, Source.SERVER, evidence)


def answer_consumption(told: Gathered, around: Surroundings) -> Answer:
    """Say what was spent, and which limit was reached first."""
    hits = told.said("budget.hit")
    spent = [f"{count:,} tokens of {plain(name)}" for name, count in around.tokens]
    if around.cost is not None:
        spent.append(f"{around.cost} USD")
    if not (hits or spent or told.with_amounts):
        return not_recorded(Question.CONSUMPTION)
    words = f"{listed(spent)}." if spent else amounts_told(told)
    if hits:
        first = hits[0].facts
        words += (
            f" First the {first['which']} limit of {plain(first['dimension'])} was reached, at {first['spent']} of "
            f"{first['limit']}: {plain(first['action'])}. {counted(len(hits), 'limit')} reached in all."
        )
    else:
        words += " No limit was reached."
    evidence = told.seqs("budget.hit") or told.seqs("amounts")
    return answered(Question.CONSUMPTION, words, Source.DERIVED, evidence)


def amounts_told(told: Gathered) -> str:
    """Say that amounts stand in entries. Their sum does not: several accounts may tell of one call."""
    if not told.with_amounts:
        return "Amounts are not told."
    entries = counted(told.with_amounts, "entry", "entries")
    alone = told.with_amounts == 1
    return f"Amounts stand in {entries}{'.' if alone else NOT_ADDED_UP}"


def answer_escalations(told: Gathered, around: Surroundings) -> Answer:
    """Say which requests were passed on, and whether they were answered."""
    passed = [
        each for each in told.said("approval.decided") if each.facts["decision"] == "escalate"
    ]
    if passed:
        answers = {each.facts["approval"] for each in told.said("approval.closed")}
        said = [
            f"{each.facts['by']} to {each.facts.get('asked') or 'whoever is next'}, "
            f"{'answered' if each.facts['approval'] in answers else 'not answered'}"
            for each in passed[:SHOWN]
        ]
        evidence = [each.seq for each in passed]
        return answered(Question.ESCALATIONS, f"{listed(said)}.", Source.SERVER, evidence)
    if told.said("approval.requested"):
        evidence = told.seqs("approval.requested")
        return answered(Question.ESCALATIONS, "None of the requests was.", Source.SERVER, evidence)
    return not_recorded(Question.ESCALATIONS)


def answer_interrupts(told: Gathered, around: Surroundings) -> Answer:
    """Say who asked the run to stop or wait, and how soon it did."""
    asked = [each for each in told.said("command.issued") if each.facts["command_kind"] in STOPPING]
    if not asked:
        return answered(Question.INTERRUPTS, "Nobody asked it to stop or wait.", Source.SERVER)
    said = [
        f"{each.facts['command_kind']} by {each.facts['by']}{_applied(told, each)}"
        for each in asked[:SHOWN]
    ]
    evidence = [each.seq for each in asked] + told.seqs("command.staged")
    return answered(Question.INTERRUPTS, f"{listed(said)}.", Source.SERVER, evidence)


def _applied(told: Gathered, command: Entry) -> str:
    for each in told.said("command.staged"):
        is_this = each.facts["command"] == command.facts["command"]
        if is_this and each.facts["stage"] == "applied" and each.at and command.at:
            return f", applied after {seconds(each.at - command.at)}"
    return ", not applied"


def answer_feedback(told: Gathered, around: Surroundings) -> Answer:
    """Count what people said, and name them."""
    said = told.said(*SAID)
    if not said:
        return not_recorded(Question.HUMAN_FEEDBACK, Source.SERVER)
    counts = [
        counted(told.kinds[kind], word) for kind, word in SAID_WORDS.items() if told.kinds[kind]
    ]
    people = Counter(each.by for each in said)
    words = f"{listed(counts)}, by {listed(list(people)[:SHOWN])}."
    if hidden := sum(told.hidden[kind] for kind in SAID):
        words += f" The words of {counted(hidden, 'entry', 'entries')} of them are not shown."
    return answered(Question.HUMAN_FEEDBACK, words, Source.SERVER, told.seqs(*SAID))


def answer_use(told: Gathered, around: Surroundings) -> Answer:
    """Say when the server first heard of the run, and how it ended."""
    opened, ended = told.said("run.opened"), told.said("run.ended")
    words = f"Heard of first by way of {opened[0].facts['source']}." if opened else ""
    if ended:
        why = ended[0].facts.get("stop_reason")
        words += f" It ended as {plain(ended[0].facts['state'])}{f', {plain(why)}' if why else ''}."
    elif told.said("run.quieted"):
        words += " No end was reported: it was taken to be over when nothing more was heard."
    else:
        words += " No end was reported."
    evidence = told.seqs("run.opened", "run.started", "run.ended", "run.quieted")
    return answered(Question.USE, words.strip(), Source.SERVER, evidence)
