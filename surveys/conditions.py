"""Which questions apply, given the answers to others: pure functions.

frontend/src/js/survey-conditions.js says the same in the browser; one table tests both.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from surveys.entries import Entry
from surveys.models import Question

Condition = dict[str, Any]


def _equals(value: Any, operand: Any) -> bool:
    return bool(value == operand)


def _any_of(value: Any, operand: Any) -> bool:
    given = value if isinstance(value, list) else [value]
    return any(one in operand for one in given)


def _includes(value: Any, operand: Any) -> bool:
    return isinstance(value, list) and operand in value


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(value: Any, operand: Any) -> bool:
        # What is not reported has no value and no order.
        return value is not None and compare(value, operand)

    return test


# Each is asked only about a question that has been answered.
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "answered": lambda value, operand: True,
    "equals": _equals,
    "not_equals": lambda value, operand: not _equals(value, operand),
    "any_of": _any_of,
    "includes": _includes,
    "excludes": lambda value, operand: not _includes(value, operand),
    "gt": _ordered(gt),
    "gte": _ordered(ge),
    "lt": _ordered(lt),
    "lte": _ordered(le),
}
ORDERING = {"gt", "gte", "lt", "lte"}


def is_met(show_if: dict[str, Any] | None, answered: Mapping[str, Entry]) -> bool:
    """Whether every condition holds; one on a question that is not answered never does."""
    if show_if is None:
        return True
    return all(_holds(condition, answered) for condition in show_if["all"])


def behind(question: Question, by_key: Mapping[str, Question]) -> set[str]:
    """Return the keys of the questions that decide whether this one applies, and its own."""
    seen: set[str] = set()
    waiting = [question.key]
    while waiting:
        key = waiting.pop()
        if key not in seen and key in by_key:
            seen.add(key)
            waiting += [c["question"] for c in (by_key[key].show_if or {"all": []})["all"]]
    return seen


def visible(questions: Iterable[Question], entries: Mapping[str, Entry]) -> set[str]:
    """Return the keys of the questions that apply, of questions given in their order.

    A question refers to earlier ones only, and what was once answered to a question that no
    longer applies counts as not answered.
    """
    shown: set[str] = set()
    answered: dict[str, Entry] = {}
    for question in questions:
        if not is_met(question.show_if, answered):
            continue
        shown.add(question.key)
        entry = entries.get(question.key, Entry())
        if not entry.is_blank:
            answered[question.key] = entry
    return shown


def _holds(condition: Condition, answered: Mapping[str, Entry]) -> bool:
    entry = answered.get(condition["question"])
    if entry is None or entry.is_blank:
        return False
    return OPERATORS[condition["operator"]](entry.value, condition.get("value"))
