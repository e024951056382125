"""Conditions as XLSForm's `relevant` says them, and back; what is not known is never guessed."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from surveys import documents
from surveys.models import Question

Condition = dict[str, Any]
Name = Callable[[str], str]  # the form's name of a question, from its key
SEVERAL = (Question.Type.MULTIPLE_CHOICE, Question.Type.RANKING)
SIGNS = {"equals": "=", "not_equals": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
OPERATORS = {sign: operator for operator, sign in SIGNS.items()}
_TOKEN = re.compile(
    r"\s*(?:\$\{(?P<name>[\w.-]+)\}|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[a-z][a-z-]*)|(?P<sign>!=|>=|<=|[=<>(),]))"
)


class NotUnderstood(Exception):
    """The expression says something that conditions of ours cannot say."""


def written(show_if: dict[str, Any], asked: Mapping[str, dict[str, Any]], name: Name) -> str:
    """Return the conditions as an expression; `asked` are the document's questions by key."""
    known = [c for c in show_if["all"] if c["question"] in asked]
    parts = [_written(c, asked[c["question"]], name) for c in known]
    return " and ".join(parts)


def _written(condition: Condition, asked: dict[str, Any], name: Name) -> str:
    operator: str = condition["operator"]
    operand: Any = condition.get("value")
    what = f"${{{name(asked['id'])}}}"
    given = _given(asked, name)
    if operator == "answered":
        return given
    if operator == "includes":
        return f"selected({what}, {_literal(operand)})"
    if operator == "excludes":
        return f"not(selected({what}, {_literal(operand)})) and {given}"
    if operator == "any_of":
        takes_several = asked["type"] in SEVERAL
        one = "selected({0}, {1})" if takes_several else "{0} = {1}"
        listed = operand if isinstance(operand, list) else [operand]
        return "(" + " or ".join(one.format(what, _literal(v)) for v in listed) + ")"
    literal = _literal(operand)
    if asked["type"] == Question.Type.DATE:
        literal = f"date({literal})"
    test = f"{what} {SIGNS[operator]} {literal}"
    return f"{test} and {given}" if operator == "not_equals" else test


def _given(asked: dict[str, Any], name: Name) -> str:
    """Say that a question is answered; a table is when one of its rows is."""
    names = [name(asked["id"])]
    if asked["type"] == Question.Type.MATRIX:
        names = [name(f"{asked['id']}/{row['value']}") for row in asked["rows"]]
    elif asked.get("allow_not_reported"):
        names.append(name(f"{asked['id']}/"))
    tests = " or ".join(f"${{{one}}} != ''" for one in names)
    return f"({tests})" if len(names) > 1 else tests


def _literal(value: Any) -> str:
    if isinstance(value, int | float):
        return str(value)
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    return "'" + str(value).replace("'", "`") + "'"  # XPath has no way to write both


def read(
    expression: str, asked: Mapping[str, dict[str, Any]], named: Mapping[str, Mapping[str, str]]
) -> list[Condition]:
    """Return the conditions that an expression says; `asked` are the questions by their name.

    `named` are, by question, our names of its choices by theirs. Raises NotUnderstood.
    """
    parser = _Parser(f"({expression})", asked, named)
    found = parser.conditions()
    if parser.rest:
        raise NotUnderstood
    return found


class _Parser:
    """Reads `a and b and (c or d)`; what follows is in `rest`."""

    def __init__(
        self,
        expression: str,
        asked: Mapping[str, dict[str, Any]],
        named: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.asked, self.named = asked, named
        self.rest: list[tuple[str, str]] = []
        at = 0
        text = expression.strip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None or len(self.rest) > 500:
                raise NotUnderstood
            self.rest.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()

    def conditions(self, depth: int = 0) -> list[Condition]:
        """Read everything that holds together."""
        found = self._one(depth)
        while self._next("word", "and"):
            found += self._one(depth)
        return found

    def _one(self, depth: int) -> list[Condition]:
        if depth > 5:
            raise NotUnderstood
        if self._next("sign", "("):
            found = self.conditions(depth + 1)
            while self._next("word", "or"):
                found = [_either(found, self.conditions(depth + 1))]
            self._need("sign", ")")
            return found
        if self._next("word", "not"):
            self._need("sign", "(")
            [inner] = self._one(depth + 1)
            self._need("sign", ")")
            if inner["operator"] != "includes":
                raise NotUnderstood
            return [inner | {"operator": "excludes"}]
        if self._next("word", "selected"):
            return [self._selected()]
        return [self._comparison()]

    def _selected(self) -> Condition:
        self._need("sign", "(")
        question = self._question()
        self._need("sign", ",")
        value = self._value(question)
        self._need("sign", ")")
        is_one = question["type"] not in SEVERAL
        return {
            "question": question["id"],
            "operator": "equals" if is_one else "includes",
            "value": value,
        }

    def _comparison(self) -> Condition:
        question = self._question()
        key = str(question["id"])
        kind, sign = self.rest.pop(0) if self.rest else ("", "")
        if kind != "sign" or sign not in OPERATORS:
            raise NotUnderstood
        value = self._value(question)
        if value == "":
            if sign != "!=":
                raise NotUnderstood
            return {"question": key, "operator": "answered"}
        return {"question": key, "operator": OPERATORS[sign], "value": value}

    def _value(self, question: dict[str, Any]) -> Any:
        is_date = self._next("word", "date")
        if is_date:
            self._need("sign", "(")
        if not self.rest or self.rest[0][0] not in ("text", "number"):
            raise NotUnderstood
        kind, raw = self.rest.pop(0)
        if is_date:
            self._need("sign", ")")
        text = raw[1:-1] if kind == "text" else raw
        if question["type"] in documents.NUMERIC and text:
            return number(text)
        return self.named.get(question["id"], {}).get(text, text)

    def _question(self) -> dict[str, Any]:
        if not self.rest or self.rest[0][0] != "name" or self.rest[0][1] not in self.asked:
            raise NotUnderstood
        return self.asked[self.rest.pop(0)[1]]

    def _next(self, kind: str, text: str) -> bool:
        if self.rest and self.rest[0] == (kind, text):
            self.rest.pop(0)
            return True
        return False

    def _need(self, kind: str, text: str) -> None:
        if not self._next(kind, text):
            raise NotUnderstood


def _either(some: list[Condition], others: list[Condition]) -> Condition:
    """Say that one of two holds, where both name choices of the same question."""
    both = [*some, *others]
    fits = len(both) == 2 and len({one["question"] for one in both}) == 1
    if not fits or not {one["operator"] for one in both} <= {"equals", "includes", "any_of"}:
        raise NotUnderstood
    values: list[Any] = []
    for one in both:
        values += one["value"] if isinstance(one["value"], list) else [one["value"]]
    return {"question": both[0]["question"], "operator": "any_of", "value": values}


def number(text: str) -> int | float:
    """Return the number that a text says. Raises NotUnderstood."""
    try:
        said = float(text)
    except ValueError:
        raise NotUnderstood from None
    if abs(said) >= documents.MOST:
        raise NotUnderstood
    return int(said) if said.is_integer() else said
