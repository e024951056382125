"""Form fields of several rows: choices, definitions, conditions.

Without JavaScript, buttons named "act" add, move and remove rows: they send the form, nothing is
checked or stored, and it comes back with what was typed. Their value is "<field>:<act>:<row>".
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from surveys import building

Row = dict[str, Any]
MOST = 200
BLANK = 3  # rows that stand ready to be filled in


class RowsWidget(forms.Widget):
    """Rows of text fields; `parts` are their names."""

    template_name = "surveys/build/rows.html"
    use_fieldset = True
    parts: tuple[str, ...] = ("value", "label")

    def __init__(self, *, noun: str | Promise = "", has_alone: bool = False) -> None:
        super().__init__()
        self.noun, self.has_alone = noun, has_alone

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        """Return the rows as typed, after what the pressed button does with them."""
        columns = {part: _column(data, f"{name}.{part}") for part in self.parts}
        alone = set(_column(data, f"{name}.alone"))
        count = min(max((len(c) for c in columns.values()), default=0), MOST)
        rows: list[Row] = [
            {part: c[at] if at < len(c) else "" for part, c in columns.items()}
            | {"alone": str(at) in alone}
            for at in range(count)
        ]
        field, _sep, act = str(data.get("act", "")).partition(":")
        return _acted(rows, act) if field == name else rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Rows are there even when all are blank."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Return nothing: every field of a row has its own label."""
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the rows and some blank ones behind them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        filled = list(value or [])
        while filled and not any(filled[-1].get(part) for part in self.parts):
            filled.pop()
        blank = dict.fromkeys(self.parts, "")
        context |= {
            "name": name,
            "rows": [self.row(one) for one in [*filled, *[blank] * BLANK]],
            "filled": len(filled),
            "noun": self.noun,
            "has_alone": self.has_alone,
        }
        return context

    def row(self, row: Row) -> Row:
        """Return a row as the template shows it."""
        return row


class RowsField(forms.Field):
    """Rows of texts; blank ones are left out, and no two say the same in a part of `differing`."""

    def __init__(
        self,
        *,
        needed: tuple[str, ...] = ("label",),
        differing: tuple[str, ...] = ("label", "value"),
        most: int = 300,
        **kw: Any,
    ) -> None:
        super().__init__(**kw)
        self.needed, self.differing, self.most = needed, differing, most

    def clean(self, value: Any) -> list[Row]:
        """Return the rows that hold something; each must be whole."""
        parts = self.widget.parts
        rows = [
            {name: text.strip() if isinstance(text, str) else text for name, text in row.items()}
            for row in value or []
        ]
        rows = [row for row in rows if any(row[part] for part in parts)]
        if self.required and not rows:
            raise ValidationError(_("Fill in at least one."))
        for number, row in enumerate(rows, start=1):
            self._check(number, row)
        for part in self.differing:
            _differ([row[part] for row in rows])
        return rows

    def _check(self, number: int, row: Row) -> None:
        for part in self.needed:
            if not row[part]:
                raise ValidationError(_("Row %(n)d is not complete.") % {"n": number})
        for text in row.values():
            if isinstance(text, str) and (len(text) > self.most or "\x00" in text):
                sizes = {"n": number, "most": self.most}
                raise ValidationError(_("Row %(n)d is longer than %(most)d characters.") % sizes)


class DefinitionsWidget(RowsWidget):
    """Terms with their explanations."""

    template_name = "surveys/build/definitions.html"
    parts = ("id", "term", "definition")


class ConditionsWidget(RowsWidget):
    """Conditions on earlier questions, all of which must hold."""

    template_name = "surveys/build/conditions.html"
    parts = ("question", "operator", "value")
    questions: Sequence[tuple[str, str]] = ()
    operators: Sequence[tuple[str, str]] = ()
    choices: Mapping[str, Sequence[str]] = {}  # the labels to choose from, by question

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the rows with the questions and comparisons to choose from."""
        context = super().get_context(name, value, attrs)
        context["rows"] = context["rows"][: context["filled"] + 1]
        return context | {"questions": self.questions, "operators": self.operators}

    def row(self, row: Row) -> Row:
        """Add what the question in this row can be answered with."""
        return row | {"choices": self.choices.get(row["question"], ())}


def with_keys(rows: list[dict[str, Any]], key: str, label: str) -> list[dict[str, Any]]:
    """Give every row a key of its own: the one it has, or one made of its label."""
    wanted = [re.sub(r"[^A-Za-z0-9_-]+", "_", row[key])[:80].strip("_") for row in rows]
    taken: set[str] = set()
    for row, mine in zip(rows, wanted, strict=True):
        others = taken | (set(wanted) - {mine})
        row[key] = mine if mine and mine not in taken else building.free_key(row[label], others)
        taken.add(row[key])
    return rows


def _differ(texts: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for number, text in enumerate(texts, start=1):
        if text and text in first:
            said = {"a": first[text], "b": number, "text": text}
            wanted = _("Rows %(a)d and %(b)d are both called “%(text)s”. Give each its own name.")
            raise ValidationError(wanted % said)
        first[text] = number


def _column(data: Any, name: str) -> list[str]:
    found: list[str] = data.getlist(name)[: MOST * 2]
    return found


def _acted(rows: list[Row], act: str) -> list[Row]:
    what, _sep, number = act.partition(":")
    at = int(number) if number.isdecimal() and len(number) < 4 else -1
    if not 0 <= at < len(rows):
        return rows
    if what == "remove":
        return rows[:at] + rows[at + 1 :]
    to = at + {"up": -1, "down": 1}.get(what, 0)
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    return rows
