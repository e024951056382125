"""Find what stands in the way of fielding an instrument: above all questions nobody can reach."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from surveys import conditions, documents
from surveys.entries import MOST, Entry, options
from surveys.models import Question, Survey

Condition = dict[str, Any]
FIRST_DAY, LAST_DAY = "0001-01-02", "9999-12-30"


@dataclass(frozen=True)
class Problem:
    """What has to be mended before the survey can be fielded."""

    text: str
    question: Question | None = None


def problems(survey: Survey) -> list[Problem]:
    """Return everything that keeps the survey from being fielded; three queries."""
    questions = list(
        survey.questions.select_related("section")
        .prefetch_related("choices")
        .order_by("section__position", "position", "pk")
    )
    for question in questions:
        question.survey = survey
    filled = {question.section_id for question in questions}
    sections = survey.sections.order_by("position", "pk")
    found = [
        Problem(_("The section “%(title)s” has no questions.") % {"title": section.title})
        for section in sections
        if section.pk not in filled
    ]
    if not questions and not found:
        found = [Problem(_("The survey has no questions yet."))]
    return found + condition_problems(questions) + _unsaid(survey, questions)


def condition_problems(questions: list[Question]) -> list[Problem]:
    """Return what is wrong with the conditions of questions that are given in their order."""
    by_key = {question.key: question for question in questions}
    order = {question.key: at for at, question in enumerate(questions)}
    found = []
    for question in questions:
        texts = list(_misplaced(question, by_key, order)) or list(_unreachable(question, by_key))
        found += [Problem(text, question) for text in texts]
    return found


def asked_by(question: Question) -> list[Condition]:
    """Return the conditions under which a question applies."""
    return list(question.show_if["all"]) if question.show_if else []


def _misplaced(
    question: Question, by_key: Mapping[str, Question], order: Mapping[str, int]
) -> Iterator[str]:
    for condition in asked_by(question):
        asked = by_key.get(condition["question"])
        if asked is None:
            yield _("Its condition asks about a question that is not there any more.")
        elif question.key in conditions.behind(asked, by_key):
            text = _("It waits for “%(label)s”, which waits for it: nobody would see either.")
            yield text % {"label": asked.label}
        elif order[asked.key] > order[question.key]:
            text = _("Its condition asks about “%(label)s”, which comes later. Move one of them.")
            yield text % {"label": asked.label}
        elif not documents.can_be_answered(condition, asked):
            text = _("Its condition wants an answer that “%(label)s” cannot have.")
            yield text % {"label": asked.label}


def _unreachable(question: Question, by_key: Mapping[str, Question]) -> Iterator[str]:
    """Say which question would need two answers at once, along everything that leads here."""
    needed: dict[str, list[Condition]] = {}
    for key in conditions.behind(question, by_key):
        for condition in asked_by(by_key[key]):
            needed.setdefault(condition["question"], []).append(condition)
    if not question.show_if:
        return
    for key, wanted in needed.items():
        if key in by_key and not _can_hold(by_key[key], wanted):
            text = _("Nobody can reach it: no answer to “%(label)s” fits all its conditions.")
            yield text % {"label": by_key[key].label}


def _can_hold(asked: Question, wanted: list[Condition]) -> bool:
    show_if = {"all": wanted}
    return any(
        not entry.is_blank and conditions.is_met(show_if, {asked.key: entry})
        for entry in _candidates(asked, wanted)
    )


def _candidates(asked: Question, wanted: list[Condition]) -> Iterator[Entry]:
    """Yield answers of which one fits the conditions, if any answer does."""
    if asked.allows_not_reported and asked.survey.not_reported:
        yield Entry(None, asked.survey.not_reported[0]["value"])
    operands = [operand for condition in wanted for operand in _listed(condition.get("value"))]
    if asked.type in (Question.Type.MULTIPLE_CHOICE, Question.Type.RANKING):
        yield from map(Entry, _sets(asked, wanted))
    elif asked.type in documents.CHOOSING and asked.type != Question.Type.MATRIX:
        yield from (Entry(choice.value) for choice in options(asked))
    elif asked.type in documents.NUMERIC:
        yield from map(Entry, _numbers(asked, operands))
    elif asked.type == Question.Type.DATE:
        yield from map(Entry, _days(asked, operands))
    else:
        yield from (Entry(one) for one in [*operands, "?" * 7, {"row": "any"}])


def _sets(asked: Question, wanted: list[Condition]) -> Iterator[list[str]]:
    barred = {c["value"] for c in wanted if c["operator"] == "excludes"}
    together = [c.value for c in options(asked) if not c.is_exclusive and c.value not in barred]
    yield together
    yield from ([choice.value] for choice in options(asked))


def _numbers(asked: Question, operands: Iterable[Any]) -> Iterator[float]:
    decimals = asked.limits.get("decimals", 0)
    step = 10**-decimals if decimals else 1
    least, most = asked.limits.get("min", 0), asked.limits.get("max", MOST)
    near = [n + way for n in operands if isinstance(n, int | float) for way in (-step, 0, step)]
    for number in [least, most, *near]:
        if least <= number <= most and round(number, decimals) == number:
            yield number


def _days(asked: Question, operands: Iterable[Any]) -> Iterator[str]:
    least, most = asked.limits.get("min", FIRST_DAY), asked.limits.get("max", LAST_DAY)
    # "today" may be any day while people answer
    least = FIRST_DAY if least == "today" else least
    most = LAST_DAY if most == "today" else most
    near = [least, most]
    for operand in operands:
        day = date.fromisoformat(str(operand))
        near += [str(day + timedelta(days=way)) for way in (-1, 0, 1)]
    yield from (day for day in near if least <= day <= most)


def _unsaid(survey: Survey, questions: list[Question]) -> list[Problem]:
    if survey.previous_id is None:
        return []
    before = set(Question.objects.filter(survey=survey.previous_id).values_list("key", flat=True))
    text = _("Its wording has changed: say whether answers can still be compared.")
    return [
        Problem(text, question)
        for question in questions
        if question.key in before and question.is_comparable is None
    ]


def _listed(operand: Any) -> list[Any]:
    return operand if isinstance(operand, list) else [operand]
