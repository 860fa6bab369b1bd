"""The questions of the disclosure, and how far each is answered, as pages write them."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliberation.disclosure.questions import Answer, Question, Source, Status

register = template.Library()

QUESTIONS: dict[Question, Promise] = {
    Question.HIGH_COMPUTE: _(
        "Was a high-compute mode used, which, and how far beyond one straight try?"
    ),
    Question.MODELS: _("Which models, by which providers, and did they change?"),
    Question.ATTEMPTS: _(
        "How many attempts were made, what became of them, and by which rule was one chosen?"
    ),
    Question.TOOLS: _("Which tools were called, how often, to what effect, with what success?"),
    Question.RESOURCES: _("Which external resources were consulted?"),
    Question.CONSEQUENTIAL_ACTIONS: _(
        "Which consequential actions were there, and did a person approve each before it was done?"
    ),
    Question.BUDGETS: _("Which budgets were set, by whom, and were they changed?"),
    Question.CONSUMPTION: _(
        "What was consumed, and which limit was reached first, with what consequence?"
    ),
    Question.ESCALATIONS: _("What was escalated, to whom, and was it answered?"),
    Question.VERIFIERS: _(
        "Who verified, how independent are they, what did they say, and were they overridden?"
    ),
    Question.INTERRUPTS: _("Was the run interrupted, by whom, and how soon did it give way?"),
    Question.REPLAYS: _("Is this a replay or fork, of which run?"),
    Question.HUMAN_FEEDBACK: _("What did people say of it?"),
    Question.USE: _("When did it begin and end, in which state, and why did it end?"),
    Question.INPUT_PROVENANCE: _(
        "Who reported it, and which texts were redacted or have expired, by whom and by what rule?"
    ),
    Question.ANOMALIES: _("Which anomalies and risks were noticed?"),
    Question.ACCESS: _("Who viewed, exported or shared it?"),
    Question.ADMINISTRATION: _(
        "Who administers it, and which roles, keys and policies were changed meanwhile?"
    ),
    Question.COMPLETENESS: _("What is known to be missing, dropped or contradictory?"),
    Question.INTEGRITY: _(
        "Up to where is the record signed, by which key, and when was it last checked?"
    ),
    Question.RETENTION: _("How long is it kept, and does a legal hold stand?"),
    Question.EVALUATION: _("At which budgets was the system evaluated before it was used?"),
    Question.COST: _("What did it cost in money, time and energy?"),
    Question.NOT_SHOWN: _("What does this record not show?"),
}
STATUSES: dict[Status, Promise] = {
    Status.ANSWERED: _("answered"),
    Status.NOT_RECORDED: _("not recorded"),
    Status.WITHHELD: _("withheld"),
}
SOURCES: dict[Source, Promise] = {
    Source.SERVER: _("known to the server"),
    Source.SDK: _("as reported"),
    Source.DERIVED: _("computed from what was reported"),
}
CITED = 12


@register.filter
def question_words(question: Question) -> Promise:
    """A question in full."""
    return QUESTIONS[question]


@register.filter
def status_words(status: Status) -> Promise:
    """How far it is answered."""
    return STATUSES[status]


@register.filter
def source_words(source: Source) -> Promise:
    """Whose word the answer is."""
    return SOURCES[source]


@register.filter
def cited(answer: Answer) -> list[int]:
    """The first entries that support it."""
    return list(answer.evidence[:CITED])


@register.filter
def uncited(answer: Answer) -> int:
    """How many more do."""
    return max(len(answer.evidence) - CITED, 0)
