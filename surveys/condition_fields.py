"""The form field that says when a question applies: rows in, conditions out."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import documents
from surveys.entries import options
from surveys.models import Question
from surveys.row_fields import ConditionsWidget, RowsField

Row = dict[str, Any]
SAID = {
    "answered": gettext_lazy("is answered"),
    "equals": gettext_lazy("is"),
    "not_equals": gettext_lazy("is not"),
    "any_of": gettext_lazy("is one of"),
    "includes": gettext_lazy("has among its choices"),
    "excludes": gettext_lazy("does not have among its choices"),
    "gt": gettext_lazy("is more than"),
    "gte": gettext_lazy("is at least"),
    "lt": gettext_lazy("is less than"),
    "lte": gettext_lazy("is at most"),
}
_ORDERED = ("answered", "equals", "not_equals", "gt", "gte", "lt", "lte")
_CHOSEN = ("answered", "equals", "not_equals", "any_of")
_SEVERAL = ("answered", "any_of", "includes", "excludes")
_FITTING: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*documents.NUMERIC, Question.Type.DATE), _ORDERED),
    **dict.fromkeys((Question.Type.MULTIPLE_CHOICE, Question.Type.RANKING), _SEVERAL),
    **dict.fromkeys((Question.Type.MATRIX, Question.Type.FILE), ("answered",)),
}


class ConditionsField(RowsField):
    """When a question applies; earlier questions are offered."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Ask it only if"),
            widget=ConditionsWidget(noun=gettext_lazy("condition")),
            needed=("question",),
            differing=(),
            required=False,
            help_text=gettext_lazy(
                "All conditions must hold. Write choices as they stand in that question, several "
                "with a semicolon between them."
            ),
        )
        self.earlier: dict[str, Question] = {}

    def offer(self, earlier: Sequence[Question]) -> None:
        """Let conditions ask about these questions, which come with section and choices."""
        self.earlier = {question.key: question for question in earlier}
        self.widget.questions = [
            (q.key, f"{q.section.position}.{q.position} {q.label}") for q in earlier
        ]
        self.widget.operators = list(SAID.items())
        self.widget.choices = {q.key: [c.label for c in options(q)] for q in earlier}

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return conditions as documents hold them."""
        untouched = ("", "answered")  # a row that was left alone
        rows = [
            r for r in value or [] if r["question"] or r["operator"] not in untouched or r["value"]
        ]
        return [self._condition(n, row) for n, row in enumerate(super().clean(rows), start=1)]

    def _condition(self, number: int, row: Row) -> dict[str, Any]:
        asked = self.earlier.get(row["question"])
        if asked is None:
            raise ValidationError(_("Condition %(n)d: choose an earlier question.") % {"n": number})
        operator = row["operator"]
        fitting = _FITTING.get(asked.type, _CHOSEN)
        if operator not in fitting:
            said = ", ".join(f"“{SAID[one]}”" for one in fitting)
            text = _("Condition %(n)d: for “%(label)s” use one of %(said)s.")
            raise ValidationError(text % {"n": number, "label": asked.label, "said": said})
        condition: dict[str, Any] = {"question": asked.key, "operator": operator}
        if operator != "answered":
            condition["value"] = self._operand(number, asked, operator, row["value"])
        return condition

    def _operand(self, number: int, asked: Question, operator: str, text: str) -> Any:
        texts = [one.strip() for one in text.split(";")] if operator == "any_of" else [text]
        operands = [_operand(asked, one) for one in texts if one]
        if operands and None not in operands:
            return operands if operator == "any_of" else operands[0]
        raise ValidationError(
            _("Condition %(n)d: %(wanted)s") % {"n": number, "wanted": _wanted(asked)}
        )


def as_rows(question: Question) -> list[Row]:
    """Return a question's conditions as the rows of the field."""
    if question.show_if is None:
        return []
    asked = question.survey.questions.prefetch_related("choices")
    by_key = {one.key: one for one in asked}
    rows = []
    for condition in question.show_if["all"]:
        one = by_key.get(condition["question"])
        labels = {c.value: c.label for c in options(one)} if one else {}
        operand = condition.get("value", "")
        listed = operand if isinstance(operand, list) else [operand]
        text = "; ".join(str(labels.get(value, value)) for value in listed)
        rows.append(condition | {"value": text})
    return rows


def _operand(asked: Question, text: str) -> Any:
    """Return what a text says as an answer, or None."""
    if asked.type in documents.CHOOSING:
        wanted = text.casefold()
        known = options(asked)
        by_label = [c.value for c in known if c.label.casefold() == wanted]
        return next(iter(by_label + [c.value for c in known if c.value.casefold() == wanted]), None)
    if asked.type in documents.NUMERIC:
        return _number(text)
    if asked.type == Question.Type.DATE:
        return text if documents.is_day(text) and text != "today" else None
    return text


def _number(text: str) -> int | float | None:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    if not abs(number) < 10**15:
        return None
    return int(number) if number.is_integer() else number


def _wanted(asked: Question) -> str:
    if asked.type in documents.CHOOSING:
        labels = "; ".join(choice.label for choice in options(asked))
        text = _("“%(label)s” has these choices: %(choices)s")
        return text % {"label": asked.label, "choices": labels}
    if asked.type in documents.NUMERIC:
        return _("enter a number.")
    if asked.type == Question.Type.DATE:
        return _("enter a day as year-month-day, such as 2026-03-31.")
    return _("enter what the answer must be.")
