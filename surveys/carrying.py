"""What the agency said the last time it was asked, and whether that can be said again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from surveys import entries, matching, wording
from surveys.entries import Entry, Fields
from surveys.models import Answer, AnswerQuerySet, Question, Response, Survey, Wave


@dataclass(frozen=True)
class Earlier:
    """One answer of an earlier wave, beside the same question now."""

    wave: Wave
    answer: Answer
    is_comparable: bool  # else the question has changed since
    fields: Fields | None  # the form fields that say it again; None where it cannot be said again

    @property
    def entry(self) -> Entry:
        """What it said."""
        return entries.of(self.answer)

    @property
    def lines(self) -> list[str]:
        """What it said, in the words of then."""
        return wording.lines(self.answer.question, self.entry)

    @property
    def fields_by_name(self) -> dict[str, list[str]]:
        """The form fields that say it again, as a browser reads them."""
        return dict(self.fields.lists()) if self.fields else {}

    def says(self, entry: Entry) -> bool:
        """Whether an answer says the same."""
        return (self.answer.value, self.answer.not_reported) == (entry.value, entry.not_reported)


def earlier(response: Response, questions: Sequence[Question], today: date) -> dict[int, Earlier]:
    """Return what the agency handed in the last time, by the question's key now.

    Two queries, one more where the version has changed since.
    """
    return beside(questions, answers(response, [question.key for question in questions]), today)


def answers(response: Response, keys: Iterable[str]) -> AnswerQuerySet:
    """Return what the agency said to these questions when it handed in the last time."""
    wave = response.wave
    before = Response.objects.submitted().filter(
        agency=response.agency_id,
        wave__survey__key=wave.survey.key,
        wave__opens_at__lt=wave.opens_at,
    )
    last = before.order_by("-wave__opens_at", "-pk").values("pk")[:1]
    given = Answer.objects.filter(response__in=last, applies=True, question__key__in=list(keys))
    return given.select_related("question", "response__wave__survey")


def beside(
    questions: Sequence[Question], answers: Iterable[Answer], today: date
) -> dict[int, Earlier]:
    """Put earlier answers beside the questions as they are asked now, by the question's key."""
    now = {question.key: question for question in questions}
    given = [a for a in answers if not entries.of(a).is_blank]
    if not given:
        return {}
    wave = given[0].response.wave
    _lend_choices(wave.survey, now, given)
    same = matching.comparable(now.keys(), questions[0].survey, wave.survey)
    return {
        now[a.question.key].pk: Earlier(
            wave,
            a,
            a.question.key in same,
            _again(now[a.question.key], a, today) if a.question.key in same else None,
        )
        for a in given
    }


def _lend_choices(survey: Survey, now: dict[str, Question], given: list[Answer]) -> None:
    """Give the questions of then their survey and choices; those of now are here already."""
    others = []
    for answer in given:
        asked = now[answer.question.key]
        if asked.pk == answer.question_id:
            answer.question = asked
        else:
            answer.question.survey = survey
            others.append(answer.question)
    prefetch_related_objects(others, "choices")


def _again(question: Question, answer: Answer, today: date) -> Fields | None:
    """Return the fields that say it again, where the question takes them still."""
    if question.type == Question.Type.FILE or question.type != answer.question.type:
        return None
    said = entries.fields_of(question, entries.of(answer))
    fields = Fields({name: said.getlist(name) for name in said if not name.startswith("sharing.")})
    try:
        read = entries.clean(question, fields, today)
    except entries.Invalid:
        return None
    is_same = (read.value, read.not_reported) == (answer.value, answer.not_reported)
    return fields if is_same else None
