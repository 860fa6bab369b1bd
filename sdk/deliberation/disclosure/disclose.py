"""Answer all 24 questions about a run. Pure: the same ledger and surroundings give the same answers."""

from __future__ import annotations

from collections.abc import Callable

from deliberation.disclosure import control, custody, search
from deliberation.disclosure.gathering import Gathered
from deliberation.disclosure.questions import Answer, Question
from deliberation.disclosure.surroundings import LEDGER_ALONE, Surroundings

Find = Callable[[Gathered, Surroundings], Answer]

ANSWERS: dict[Question, Find] = {
    Question.HIGH_COMPUTE: search.answer_high_compute,
    Question.MODELS: search.answer_models,
    Question.ATTEMPTS: search.answer_attempts,
    Question.TOOLS: search.answer_tools,
    Question.RESOURCES: search.answer_resources,
    Question.CONSEQUENTIAL_ACTIONS: control.answer_actions,
    Question.BUDGETS: control.answer_budgets,
    Question.CONSUMPTION: control.answer_consumption,
    Question.ESCALATIONS: control.answer_escalations,
    Question.VERIFIERS: search.answer_verifiers,
    Question.INTERRUPTS: control.answer_interrupts,
    Question.REPLAYS: search.answer_replays,
    Question.HUMAN_FEEDBACK: control.answer_feedback,
    Question.USE: control.answer_use,
    Question.INPUT_PROVENANCE: custody.answer_provenance,
    Question.ANOMALIES: custody.answer_anomalies,
    Question.ACCESS: custody.answer_access,
    Question.ADMINISTRATION: custody.answer_administration,
    Question.COMPLETENESS: custody.answer_completeness,
    Question.INTEGRITY: custody.answer_integrity,
    Question.RETENTION: custody.answer_retention,
    Question.EVALUATION: custody.answer_evaluation,
    Question.COST: custody.answer_cost,
    Question.NOT_SHOWN: custody.answer_not_shown,
}


def disclose(told: Gathered, around: Surroundings = LEDGER_ALONE) -> list[Answer]:
    """Return the answers in the order of the questions."""
    return [ANSWERS[question](told, around) for question in Question]
