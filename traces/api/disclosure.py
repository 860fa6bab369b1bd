"""The address of a run's disclosure."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Field, Router, Schema

from deliberation.disclosure import questions
from deliberation.disclosure.questions import Source, Status
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, tell_problems
from traces.api.runs import RunId
from traces.models.access import Scope
from traces.queries.disclosure import get_disclosure
from traces.templatetags.disclosure_words import QUESTIONS

router = Router(auth=[Key(Scope.READ), Session()], tags=["retention"])
router.add_decorator(tell_problems, mode="view")


class Answer(Schema):
    """The answer to one of the 24 questions."""

    question: questions.Question
    number: int
    text: str = Field(description="The question in full")
    status: Status
    answer: str | None = Field(description="A sentence; null unless answered")
    source: Source = Field(description="Whose word it is")
    evidence: list[int] = Field(description="Entries that support it, the first hundred at most")

    @classmethod
    def of(cls, found: questions.Answer) -> Answer:
        """Return an answer as JSON has it."""
        return cls(
            question=found.question,
            number=found.question.number,
            text=str(QUESTIONS[found.question]),
            status=found.status,
            answer=found.answer,
            source=found.source,
            evidence=list(found.evidence),
        )


@router.get(
    "/runs/{run_id}/disclosure",
    response={**answers(Answer), 200: list[Answer]},
    summary="24 questions about a run, each answered, not recorded or withheld",
)
def read_disclosure(request: HttpRequest, run_id: RunId) -> list[Answer]:
    """Computed from the facts of the ledger and what the server knows beside it, anew whenever the run grew."""
    return [Answer.of(each) for each in get_disclosure(who=asker_of(request), run_id=run_id)]
