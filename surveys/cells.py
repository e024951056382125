"""One cell of the comparison opened: what is asked, what an agency says, and whom to ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from surveys import comparing, wording
from surveys.comparing import Cell, Column, Line
from surveys.entries import Entry
from surveys.models import Answer, Choice, Inquiry, Question, Response, Section

NOTES = 50  # practice notes on one answer


@dataclass(frozen=True)
class Opened:
    """One agency's answer to one question as far as the reader may know, beside the own one."""

    line: Line
    column: Column
    said: list[str]
    absent: Cell | None  # why nothing is said
    # What the reader's agency says; empty if it says nothing, or is the same.
    own: list[str] = field(default_factory=list)
    answer: Answer | None = None  # None if the reader may not read it
    held: Section | None = None  # in which the reader's agency must give first

    @property
    def question(self) -> Question:
        """The question of the survey."""
        return self.line.question

    @property
    def is_number(self) -> bool:
        """Whether the answers of all agencies can be set beside each other on an axis."""
        return self.question.type in comparing.NUMBERS

    @property
    def parts(self) -> list[Choice]:
        """The rows or choices of which each is a practice of its own."""
        return comparing.parts_of(self.question)

    @property
    def files(self) -> list[dict[str, Any]]:
        """The files that are the answer."""
        if self.question.type != Question.Type.FILE or not self.said:
            return []
        files: list[dict[str, Any]] = self.column.given[self.question.key].value
        return files

    @property
    def lacks_power(self) -> bool:
        """Whether the law gives the agency no such power, which is no gap."""
        given = self.column.given.get(self.question.key)
        if given is None:
            return False
        said = given.value.values() if isinstance(given.value, dict) else [given.value]
        return comparing.NO_POWER in said

    @property
    def definitions(self) -> list[dict[str, str]]:
        """The terms that the question uses, explained."""
        known = self.question.survey.definitions
        return [one for one in known if one["id"] in self.question.terms]


def opened(
    response: Response, key: str, own: Iterable[Response], user: User | AnonymousUser
) -> Opened | None:
    """Return the cell of the question with this key; None if the survey asks no such thing.

    `own` are the responses of the reader's agencies in the same wave.
    """
    questions = comparing.questions_of(response.wave.survey)
    by_key = {question.key: question for question in questions}
    if key not in by_key:
        return None
    others = [one for one in own if one.pk != response.pk]
    column, *mine = comparing.columns([response, *others], questions, user)
    found = seen(by_key[key], column, by_key)
    readable = Answer.objects.visible_to(user).filter(applies=True)
    readable = readable.filter(response=response, question=found.question)
    return replace(
        found,
        own=next((words for one in mine if (words := _said(found.question, one))), []),
        answer=readable.first() if found.said else None,
    )


def seen(question: Question, column: Column, by_key: Mapping[str, Question]) -> Opened:
    """Return what stands in an agency's column at a question; `by_key` are all of the survey."""
    [line] = comparing.lines([question])[:1]
    said = _said(question, column)
    absent = None if said else comparing.cell(line, column, by_key)
    held = comparing.held(question, column, by_key)
    return Opened(line=line, column=column, said=said, absent=absent, held=held)


def by_section(
    questions: Iterable[Question], column: Column
) -> list[tuple[Section, list[tuple[Line, list[str], Cell | None, Entry | None]]]]:
    """Return what one agency says: by section each question, its lines, or why there are none."""
    by_key = {question.key: question for question in questions}
    found: dict[Section, list[tuple[Line, list[str], Cell | None, Entry | None]]] = {}
    for question in by_key.values():
        one = seen(question, column, by_key)
        row = (one.line, one.said, one.absent, column.given.get(question.key))
        found.setdefault(question.section, []).append(row)
    return list(found.items())


def notes(answer: Answer | None, user: User | AnonymousUser) -> list[Inquiry]:
    """Return the practice notes on an answer that this reader may read, the newest first."""
    if answer is None:
        return []
    found = Inquiry.objects.notes_for(user).filter(answer=answer)
    return list(found.order_by("-settled_at", "-pk")[:NOTES])


def _said(question: Question, column: Column) -> list[str]:
    given = column.given.get(question.key)
    return wording.lines(question, given) if given else []
