"""An instrument as the page shows it on which it is built."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from surveys import reaching, wording
from surveys.models import Question, Section, Survey
from surveys.reaching import Problem


@dataclass(frozen=True)
class Line:
    """One question on the page where it is built."""

    question: Question
    number: str
    condition: str
    problems: list[str]
    is_first: bool  # of the whole survey
    is_last: bool


@dataclass(frozen=True)
class Group:
    """One section there."""

    section: Section
    lines: list[Line]


def parts(survey: Survey, problems: list[Problem]) -> list[Group]:
    """Return the sections with their questions; three queries."""
    wrong = defaultdict(list)
    for problem in problems:
        if problem.question is not None:
            wrong[problem.question.pk].append(problem.text)
    questions = _questions(survey)
    known = {question.key: question for question in questions}
    by_section = defaultdict(list)
    for question in questions:
        is_whole = all(c["question"] in known for c in reaching.asked_by(question))
        by_section[question.section_id].append(
            Line(
                question=question,
                number=f"{question.section.position}.{question.position}",
                condition=wording.condition(question, known) if is_whole else "",
                problems=wrong[question.pk],
                is_first=question == questions[0],
                is_last=question == questions[-1],
            )
        )
    return [Group(s, by_section[s.pk]) for s in survey.sections.order_by("position", "pk")]


def before(survey: Survey, section: Section, question: Question | None = None) -> list[Question]:
    """Return the questions that come before this one, or before the end of the section."""
    earlier = Q(section__position__lt=section.position)
    if question is None:
        here = Q(section=section)
    else:
        here = Q(section=section, position__lt=question.position)
    return _questions(survey, earlier | here)


def said(there: Survey | Section | Question) -> str:
    """Say what a colleague has saved meanwhile."""
    name = there.label if isinstance(there, Question) else there.title
    text = _(
        "A colleague has saved this since you opened it; it now says “%(name)s”. What you typed "
        "stands below. Save again to put it in place of your colleague's words."
    )
    return text % {"name": name}


def _questions(survey: Survey, which: Q | None = None) -> list[Question]:
    questions = survey.questions.filter(which or Q()).select_related("section")
    found = list(
        questions.prefetch_related("choices").order_by("section__position", "position", "pk")
    )
    for question in found:
        question.survey = question.section.survey = survey
    return found
