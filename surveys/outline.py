"""An instrument as its pages show it: as a list to build on, and as an agency would meet it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Agency
from surveys import asking, reaching, reading, wording
from surveys.asking import Asked
from surveys.models import Question, Response, Section, Survey, Wave
from surveys.reaching import Problem
from surveys.reading import Part, Sheet


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


def sheet(survey: Survey) -> Sheet:
    """Return the survey as an agency meets it that has answered nothing; none of it is stored."""
    wave = Wave(survey=survey, title=survey.title, slug="preview")
    response = Response(wave=wave, agency=Agency(name=_("Your agency"), slug="preview"))
    return reading.laid_out(response, _questions(survey), {})


def shown(sheet: Sheet, part: Part | None) -> dict[str, Any]:
    """Return what the preview of a section needs."""
    questions: list[Asked] = asking.shown(part) if part else []
    return {
        "sheet": sheet,
        "survey": sheet.response.wave.survey,
        "part": part,
        "questions": questions,
        "next": sheet.after(part) if part else None,
    }


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
