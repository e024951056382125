"""Check an instrument that comes as a ciwo-instrument/1 document, before anything is stored."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from surveys.conditions import OPERATORS, ORDERING
from surveys.models import Question, SharingLevel

SCHEMA = "ciwo-instrument/1"
SHARING = {
    "public": SharingLevel.PUBLIC,
    "members": SharingLevel.MEMBERS,
    "aggregate_only": SharingLevel.COUNTED,
    "coordinators_only": SharingLevel.ORGANISERS,
}
COUNTS = ("decimals", "max_length", "min_selected", "max_ranked", "max_mb", "max_files")
LIMITS = ("min", "max", *COUNTS, "accept")
CHOOSING = (
    *(Question.Type.SINGLE_CHOICE, Question.Type.MULTIPLE_CHOICE, Question.Type.SCALE),
    *(Question.Type.YES_NO_IN_PROGRESS, Question.Type.MATRIX, Question.Type.RANKING),
)
MOST = 10**15  # no count, amount or year is larger
NUMERIC = (
    *(Question.Type.NUMBER, Question.Type.PERCENTAGE, Question.Type.CURRENCY, Question.Type.YEAR),
)

Object = dict[str, Any]
Shape = Mapping[str, type]
NOTHING: Shape = {}
_DOCUMENT = {"id": str, "version": str, "title": str, "sections": list}
_DOCUMENT_MORE = {
    "introduction": str,
    "public_records_note": str,
    "definitions": list,
    "lists": dict,
    "not_reported": dict,
}
_SECTION = {"id": str, "title": str, "questions": list}
_SECTION_MORE = {"description": str, "topics": list}
_QUESTION = {"id": str, "type": str, "label": str, "sensitivity": str}
_QUESTION_MORE = {
    "help": str,
    "required": bool,
    "unit": str,
    "allow_not_reported": bool,
    "show_if": dict,
    "terms": list,
    "compare": str,
    "better": str,
    "options": list,
    "list": str,
    "rows": list,
    "exclusive": list,
    "accept": list,
    "min": object,
    "max": object,
    **dict.fromkeys(COUNTS, int),
}
_LONGEST = {
    "version": 20,
    "title": 200,
    "label": 500,
    "unit": 40,
    "compare": 30,
    "list": 40,
    "help": 2000,
    "description": 2000,
    "introduction": 5000,
    "term": 200,
    "text": 2000,
}
_NAMES: dict[type, str] = {
    str: "a text",
    list: "a list",
    dict: "an object",
    bool: "true or false",
    int: "a whole number",
}
_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_EXTENSION = re.compile(r"\.[a-z0-9]{1,8}")


def faults(document: object) -> list[str]:
    """Say what is wrong with a document, each time naming the field; nothing means it is fine."""
    if not isinstance(document, dict):
        return ["the document: must be an object"]
    if document.get("schema") != SCHEMA:
        return [f"schema: must be {SCHEMA}"]
    try:
        written = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return ["the document: holds a number that is none, or half of a character"]
    if b"\\u0000" in written:
        return ["the document: holds a character that no text may hold (U+0000)"]
    misshapen = list(_shape_faults("", document, _DOCUMENT, _DOCUMENT_MORE))
    return misshapen or list(_document_faults(document))


def choices_of(question: Object, lists: Object) -> list[Object]:
    """Return a question's choices, its own or those of the shared list that it names."""
    if "options" in question:
        own: list[Object] = question["options"]
        return own
    shared: list[Object] = lists.get(list_of(question), [])
    return shared


def list_of(question: Object) -> str:
    """Return the name of the shared list that a question takes its choices from, or nothing."""
    if question["type"] == Question.Type.YES_NO_IN_PROGRESS:
        return str(Question.Type.YES_NO_IN_PROGRESS)
    return str(question.get("list", ""))


def can_be_answered(condition: Object, asked: Question) -> bool:
    """Whether a question can have the answers that a condition on it names."""
    values = [{"value": c.value} for c in asked.choices.all() if c.axis == c.Axis.OPTION]
    given = {"id": asked.key, "type": asked.type, "options": values}
    return not [*_operand_faults("", condition, given, {})]


def _document_faults(document: Object) -> Iterator[str]:
    yield from _key_faults("id", document["id"])
    lists = document.get("lists", {})
    for name, values in lists.items():
        yield from _value_faults(f"lists.{name}", values)
    if "not_reported" in document and document["not_reported"].get("list") not in [*lists]:
        yield "not_reported.list: must name one of the lists"
    terms: list[str] = []
    for at, definition in enumerate(document.get("definitions", [])):
        path = f"definitions[{at}]"
        misshapen = list(_shape_faults(path, definition, {"id": str, "term": str, "text": str}))
        yield from misshapen or _key_faults(f"{path}.id", definition["id"], terms)
    yield from _section_faults(document["sections"], lists, terms)


def _section_faults(sections: list[object], lists: Object, terms: list[str]) -> Iterator[str]:
    if not sections:
        yield "sections: must hold at least one section"
    keys: list[str] = []
    earlier: dict[str, Object] = {}
    for at, section in enumerate(sections):
        path = f"sections[{at}]"
        misshapen = list(_shape_faults(path, section, _SECTION, _SECTION_MORE))
        if misshapen or not isinstance(section, dict):
            yield from misshapen
            continue
        yield from _key_faults(f"{path}.id", section["id"], keys)
        if not section["questions"]:
            yield f"{path}.questions: must hold at least one question"
        for number, question in enumerate(section["questions"]):
            where = f"{path}.questions[{number}]"
            misshapen = list(_shape_faults(where, question, _QUESTION, _QUESTION_MORE))
            yield from misshapen or _question_faults(where, question, earlier, lists, terms)


def _question_faults(
    path: str, question: Object, earlier: dict[str, Object], lists: Object, terms: list[str]
) -> Iterator[str]:
    yield from _key_faults(f"{path}.id", question["id"], [*earlier])
    if question["type"] not in Question.Type.values:
        yield f"{path}.type: must be one of {', '.join(Question.Type.values)}"
    if question["sensitivity"] not in SHARING:
        yield f"{path}.sensitivity: must be one of {', '.join(SHARING)}"
    if question.get("better", "higher") not in Question.Better.values:
        yield f"{path}.better: must be one of {', '.join(Question.Better.values)}"
    for term in question.get("terms", []):
        if term not in terms:
            yield f"{path}.terms: “{term}” is not among the definitions"
    yield from _choice_faults(path, question, lists)
    yield from _limit_faults(path, question)
    if "show_if" in question:
        yield from _condition_faults(f"{path}.show_if", question["show_if"], earlier, lists)
    earlier[question["id"]] = question


def _choice_faults(path: str, question: Object, lists: Object) -> Iterator[str]:
    if question["type"] in CHOOSING:
        if "options" in question:
            yield from _value_faults(f"{path}.options", question["options"])
        elif list_of(question) not in lists:
            yield f"{path}.list: give options, or name one of the lists"
    elif "options" in question or "list" in question:
        yield f"{path}.options: this type of question has none"
    if question["type"] == Question.Type.MATRIX:
        yield from _value_faults(f"{path}.rows", question.get("rows", []))
    known = _values(choices_of(question, lists))
    for value in question.get("exclusive", []):
        if value not in known:
            yield f"{path}.exclusive: “{value}” is not among the options"


def _limit_faults(path: str, question: Object) -> Iterator[str]:
    for name in COUNTS:
        if question.get(name, 0) < 0:
            yield f"{path}.{name}: must be 0 or more"
    for extension in question.get("accept", []):
        if not _EXTENSION.fullmatch(str(extension)):
            yield f"{path}.accept: “{extension}” must look like .pdf"
    takes_days = question["type"] == Question.Type.DATE
    ends = {name: question[name] for name in ("min", "max") if name in question}
    misfits = [n for n, end in ends.items() if not (is_day(end) if takes_days else _is_number(end))]
    for name in misfits:
        yield f"{path}.{name}: must be {'a day, or today' if takes_days else 'a number'}"
    if len(ends) == 2 and not misfits and not takes_days and ends["min"] > ends["max"]:
        yield f"{path}.min: must not be above max"


def _condition_faults(
    path: str, show_if: Object, earlier: dict[str, Object], lists: Object
) -> Iterator[str]:
    conditions = show_if.get("all")
    if show_if.keys() != {"all"} or not isinstance(conditions, list) or not conditions:
        yield f'{path}: must be {{"all": [conditions]}}'
        return
    for at, condition in enumerate(conditions):
        where = f"{path}.all[{at}]"
        needed = {"question": str, "operator": str}
        misshapen = list(_shape_faults(where, condition, needed, {"value": object}))
        if misshapen:
            yield from misshapen
        elif condition["question"] not in earlier:
            yield f"{where}.question: must be a question that comes earlier"
        elif condition["operator"] not in OPERATORS:
            yield f"{where}.operator: must be one of {', '.join(OPERATORS)}"
        else:
            yield from _operand_faults(where, condition, earlier[condition["question"]], lists)


def _operand_faults(path: str, condition: Object, asked: Object, lists: Object) -> Iterator[str]:
    operator, operand = condition["operator"], condition.get("value")
    if operator == "answered":
        return
    if operator == "any_of" and (not isinstance(operand, list) or not operand):
        yield f"{path}.value: must be a list"
    elif operator in ORDERING and asked["type"] not in (*NUMERIC, Question.Type.DATE):
        yield f"{path}.operator: the answers to “{asked['id']}” have no order"
    elif not all(_fits(one, asked, lists) for one in _listed(operand)):
        yield f"{path}.value: “{asked['id']}” cannot have this answer"


def _fits(operand: object, asked: Object, lists: Object) -> bool:
    if asked["type"] in NUMERIC:
        return _is_number(operand)
    if asked["type"] in CHOOSING:
        return operand in _values(choices_of(asked, lists))
    return isinstance(operand, str)


def _shape_faults(path: str, thing: object, needed: Shape, more: Shape = NOTHING) -> Iterator[str]:
    """Say which fields are missing, unknown, of another type, empty or too long."""
    if not isinstance(thing, dict):
        yield f"{path}: must be an object"
        return
    inside = f"{path}." if path else ""
    yield from (f"{inside}{name}: is missing" for name in needed if name not in thing)
    for name, value in thing.items():
        kind = needed.get(name) or more.get(name)
        if kind:
            yield from _field_faults(f"{inside}{name}", value, kind, _LONGEST.get(name, 2000))
        elif path:  # the document itself may carry remarks
            yield f"{inside}{name}: no such field"
        if name in needed and isinstance(value, str) and not value.strip():
            yield f"{inside}{name}: must not be empty"


def _field_faults(path: str, value: object, kind: type, longest: int) -> Iterator[str]:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield f"{path}: must be {_NAMES[kind]}"
    elif isinstance(value, str) and len(value) > longest:
        yield f"{path}: must not be longer than {longest} characters"


def _value_faults(path: str, values: object) -> Iterator[str]:
    if not isinstance(values, list) or not values:
        yield f"{path}: must be a list with at least one value"
        return
    seen: list[str] = []
    for at, value in enumerate(values):
        misshapen = list(_shape_faults(f"{path}[{at}]", value, {"value": str, "label": str}))
        yield from misshapen or _key_faults(f"{path}[{at}].value", value["value"], seen)


def _key_faults(path: str, key: str, seen: list[str] | None = None) -> Iterator[str]:
    if not _KEY.fullmatch(key):
        yield f"{path}: must be 1 to 80 letters, digits, hyphens or underscores"
    elif seen is not None and key in seen:
        yield f"{path}: “{key}” is there twice"
    elif seen is not None:
        seen.append(key)


def _values(choices: list[Object]) -> list[object]:
    return [choice.get("value") for choice in choices if isinstance(choice, dict)]


def _listed(operand: object) -> list[object]:
    return operand if isinstance(operand, list) else [operand]


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < MOST


def is_day(value: object) -> bool:
    """Whether a text is a day, or today."""
    try:
        return value == "today" or bool(date.fromisoformat(str(value)))
    except ValueError:
        return False
