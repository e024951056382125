"""Example answers to a questionnaire that nobody has answered yet: invented, and said to be."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from surveys import entries
from surveys.entries import Entry, Fields
from surveys.models import Question

Condition = dict[str, Any]
Type = Question.Type
USUAL = {Type.NUMBER: 12, Type.CURRENCY: 25_000, Type.PERCENTAGE: 40}
CHOSEN = 3  # of several choices, and of things to rank


def fields(questions: Iterable[Question], today: date) -> Fields:
    """Return form fields with an answer to each question, files apart.

    Where later questions depend on an answer, it is mostly one after which they are asked.
    """
    questions = list(questions)
    wanted: dict[str, Condition] = {}
    for question in questions:
        for condition in question.show_if["all"] if question.show_if else []:
            wanted.setdefault(condition["question"], condition)
    found: dict[str, list[str]] = {}
    for question in questions:
        found |= dict(_checked(question, wanted.get(question.key, {}), today).lists())
    return Fields(found)


def _checked(question: Question, wanted: Mapping[str, Any], today: date) -> Fields:
    """Return the fields of an example, or none where it would be refused."""
    given = entries.fields_of(question, Entry(_value(question, wanted, today)))
    try:
        entries.clean(question, given, today)
    except entries.Invalid:
        return entries.fields_of(question, Entry())
    return given


def _value(question: Question, wanted: Mapping[str, Any], today: date) -> Any:
    if question.type == Type.SHORT_TEXT:
        return _("An example")[: entries.longest(question)]
    if question.type == Type.LONG_TEXT:
        text = _("An example of what an agency might write here.\n\nIt has two paragraphs.")
        return text[: entries.longest(question)]
    if question.type == Type.DATE:
        return _day(question, today)
    if question.type == Type.YEAR:
        return _within(question, today.year - 1)
    if question.type in USUAL:
        return _within(question, _number(wanted, USUAL[Type(question.type)]))
    return _chosen(question, wanted)


def _chosen(question: Question, wanted: Mapping[str, Any]) -> Any:
    choices = [choice.value for choice in entries.options(question)]
    if not choices:  # files, too: none can be made up
        return None
    if question.type == Type.MATRIX:
        rows = enumerate(entries.rows(question))
        return {row.value: choices[at % len(choices)] for at, row in rows}
    if question.type == Type.RANKING:
        return choices[: question.limits.get("max_ranked", CHOSEN)]
    named = _named(wanted, choices)
    if question.type == Type.MULTIPLE_CHOICE:
        return _several(question, named)
    return named or choices[len(choices) // 2 if question.type == Type.SCALE else 0]


def _several(question: Question, named: str) -> list[str]:
    choices = entries.options(question)
    together = [choice.value for choice in choices if not choice.is_exclusive]
    if not together or (named and named not in together):  # it stands alone
        return [named or choices[0].value]
    most = max(question.limits.get("min_selected", 0), CHOSEN)
    return [one for one in dict.fromkeys([named, *together]) if one][:most]


def _named(wanted: Mapping[str, Any], choices: list[str]) -> str:
    """Return the choice that a later question waits for, if it waits for one."""
    if wanted.get("operator") not in ("equals", "any_of", "includes"):
        return ""
    operand = wanted["value"]
    listed = operand if isinstance(operand, list) else [operand]
    return next((one for one in listed if one in choices), "")


def _number(wanted: Mapping[str, Any], usual: int) -> float:
    operand = wanted.get("value")
    if not isinstance(operand, int | float):
        return usual
    more = {"gt": operand + 1, "gte": operand, "lt": operand - 1, "lte": operand}
    return more.get(wanted["operator"], operand)


def _within(question: Question, number: float) -> float:
    least, most = question.limits.get("min", 0), question.limits.get("max", entries.MOST)
    held: float = min(max(number, least), most)
    return held


def _day(question: Question, today: date) -> str:
    least, most = question.limits.get("min", ""), question.limits.get("max", "")
    now = today.isoformat()
    ends = [now if end == "today" else end for end in (least, most)]
    if ends[1] and now > ends[1]:
        return ends[1]
    return max(now, ends[0])
