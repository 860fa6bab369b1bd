"""The answers about the record itself: provenance, anomalies, access, completeness, integrity, retention, cost."""

from __future__ import annotations

from collections.abc import Mapping

from deliberation.disclosure.control import amounts_told
from deliberation.disclosure.facts import number
from deliberation.disclosure.gathering import MOST_NODES, Gathered
from deliberation.disclosure.questions import Answer, Question, Source, answered, not_recorded
from deliberation.disclosure.surroundings import Surroundings
from deliberation.disclosure.words import counted, listed, plain

SHOWN = 20
NEVER_SHOWN = (
    "That what was reported is true, or everything; that the model's stated reasoning caused its answer; that clocks "
    "of programs were right; what was said outside of what was reported."
)


def answer_provenance(told: Gathered, around: Surroundings) -> Answer:
    """Say who reported, and what was deleted by whom."""
    reporters = [f"{by} ({count:,})" for by, count in told.reporters.most_common(SHOWN)]
    words = f"Reported by {listed(reporters)}."
    taken = told.said("part.redacted", "content.expired")
    if taken:
        redactions = [each.facts for each in taken if "entry" in each.facts]
        rules = sorted({_rule_of(each) for each in redactions})
        words += (
            f" {counted(len(redactions), 'text')} redacted{f' ({listed(rules)})' if rules else ''}"
        )
        expiries = [each.facts for each in taken if "before" in each.facts]
        words += f", texts expired {counted(len(expiries), 'time')}." if expiries else "."
    else:
        words += " No text was redacted."
    if around.withheld:
        words += f" Not shown here: {_reasons(around.withheld)}."
    evidence = told.seqs("run.opened", "part.redacted", "content.expired")
    return answered(Question.INPUT_PROVENANCE, words, Source.SERVER, evidence)


def _rule_of(redaction: Mapping[str, object]) -> str:
    """Return by what rule a text was redacted, and by whom, as far as the entry says."""
    rule = plain(str(redaction["rule"])) if "rule" in redaction else "rule not recorded"
    return f"{rule} by {redaction['by']}" if "by" in redaction else rule


def _reasons(withheld: Mapping[str, int]) -> str:
    most = sorted(withheld.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]
    return listed([f"{counted(count, 'text')} ({reason})" for reason, count in most])


def answer_anomalies(told: Gathered, around: Surroundings) -> Answer:
    """Say what went wrong. There is no event for a risk that somebody flags."""
    noticed = [
        (len(told.failed), "failed node"),
        (told.kinds["permit.refused"], "refused use of a permit"),
        (told.kinds["budget.hit"], "reached limit"),
        (told.saw_reference, "verdict that saw the reference answer"),
    ]
    said = [counted(count, what) for count, what in noticed if count]
    if not said:
        return not_recorded(Question.ANOMALIES)
    evidence = told.seqs("failed", "permit.refused", "budget.hit")
    return answered(Question.ANOMALIES, f"{listed(said)}.", Source.DERIVED, evidence)


def answer_access(told: Gathered, around: Surroundings) -> Answer:
    """Name who looked at it and exported it, as far as the server keeps that."""
    if around.viewers is None and around.exports is None:
        return not_recorded(Question.ACCESS, Source.SERVER)
    viewed = listed((around.viewers or ())[:SHOWN]) or "nobody that is on record"
    exported = listed((around.exports or ())[:SHOWN]) or "nobody"
    return answered(Question.ACCESS, f"Viewed by {viewed}. Exported by {exported}.", Source.SERVER)


def answer_administration(told: Gathered, around: Surroundings) -> Answer:
    """Name the owners of the project, and what they changed since the run began."""
    if around.owners is None:
        return not_recorded(Question.ADMINISTRATION, Source.SERVER)
    changes = around.changes or ()
    words = f"Owned by {listed(around.owners) or 'nobody'}. "
    words += (
        f"Since it began: {'; '.join(changes[:SHOWN])}."
        if changes
        else "Nothing was changed since it began."
    )
    return answered(Question.ADMINISTRATION, words, Source.SERVER)


def answer_completeness(told: Gathered, around: Surroundings) -> Answer:
    """Say what producers say they dropped, and what is plainly missing."""
    words = f"Producers tell of {counted(told.missing, 'lost event')}."
    words += f" {counted(told.orphans(), 'node')} whose parent was never received."
    if told.is_cut:
        words += f" Only the first {MOST_NODES:,} nodes were told apart for these answers."
    if not told.said("run.ended"):
        words += " The end was not received."
    words += " Whether anything was never sent, nobody can tell."
    return answered(
        Question.COMPLETENESS, words, Source.DERIVED, told.seqs("gap.reported", "run.ended")
    )


def answer_integrity(told: Gathered, around: Surroundings) -> Answer:
    """Say how large the ledger is, and how much of it is signed by which key."""
    words = "1 entry" if told.size == 1 else f"{told.size:,} entries"
    words += f", root {around.root}" if around.root else ""
    if around.signed_size is not None:
        words += f"; signed up to {around.signed_size:,} by {around.signed_by}"
    else:
        words += "; not signed"
    words += f"; {around.last_check}." if around.last_check else "."
    return answered(Question.INTEGRITY, words, Source.SERVER)


def answer_retention(told: Gathered, around: Surroundings) -> Answer:
    """Say how long it is kept, and whether a hold stands."""
    placed = {each.facts["legal_hold"] for each in told.said("legal_hold.placed")}
    lifted = {each.facts["legal_hold"] for each in told.said("legal_hold.lifted")}
    if around.policy is None and not placed:
        return not_recorded(Question.RETENTION, Source.SERVER)
    words = around.policy or "The policy is not told."
    words += f" {counted(len(placed - lifted), 'legal hold')} on the run."
    evidence = told.seqs("legal_hold.placed", "legal_hold.lifted")
    return answered(Question.RETENTION, words, Source.SERVER, evidence)


def answer_evaluation(told: Gathered, around: Surroundings) -> Answer:
    """Nothing in the vocabulary tells of evaluations before use."""
    return not_recorded(Question.EVALUATION)


def answer_cost(told: Gathered, around: Surroundings) -> Answer:
    """Say money and time. Energy is told by no event."""
    said: list[str] = []
    if around.cost is not None:
        provenance = plain(around.cost_provenance or "provenance not told")
        table = f", prices of {around.price_table}" if around.price_table else ""
        said.append(f"{around.cost} USD ({provenance}{table})")
    seconds = _seconds(told) if around.seconds is None else around.seconds
    if seconds is not None:
        said.append(f"{seconds:,.1f} s from beginning to end")
    if not (said or told.with_amounts):
        return not_recorded(Question.COST)
    words = f"{listed(said)}." if said else ""
    if around.cost is None and told.with_amounts:
        words += f" {amounts_told(told)}"
    words = f"{words.strip()} Energy is not recorded."
    evidence = told.seqs("amounts", "run.ended")
    return answered(Question.COST, words, Source.DERIVED, evidence)


def _seconds(told: Gathered) -> float | None:
    ends = [each.at for each in told.said("run.ended")[:1]]
    ends += [number(each.facts.get("ended_at")) for each in told.said("run.quieted")[-1:]]
    ended = next((end for end in ends if end is not None), None)
    return None if ended is None or told.began is None else (ended - told.began) / 1e9


def answer_not_shown(told: Gathered, around: Surroundings) -> Answer:
    """Say what no record of this kind shows, and what this one lacks."""
    gone = told.kinds["part.redacted"] + told.kinds["content.expired"]
    words = f"Never proven: {NEVER_SHOWN[0].lower()}{NEVER_SHOWN[1:]}"
    if gone:
        words += f" Texts that stood here were taken away {counted(gone, 'time')}."
    if around.withheld is not None:
        hidden = counted(sum(around.withheld.values()), "text")
        words += (
            f" This bundle withholds {hidden}; {counted(around.gone or 0, 'text')} gone for good."
        )
    evidence = told.seqs("part.redacted", "content.expired")
    return answered(Question.NOT_SHOWN, words, Source.SERVER, evidence)
