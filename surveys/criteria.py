"""Who does this: agencies that fit several answers at once, as far as the reader may read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from surveys import comparing, entries
from surveys.comparing import Line
from surveys.filters import FindingsForm
from surveys.models import Answer, Question, ResponseQuerySet

DOES, COUNTS = 4, 2  # how many answers and numbers can be asked for at once
BELOW, FROM = "below", "from"
_WAYS = [(BELOW, gettext_lazy("under")), (FROM, gettext_lazy("at least"))]


@dataclass(frozen=True)
class Criterion:
    """One thing that agencies must have answered."""

    line: Line
    wanted: Q


class WhoForm(FindingsForm):
    """Which agencies, and what they must have said; what makes no sense is passed over."""

    section = None  # type: ignore[assignment] # this is how a form leaves a field out
    says = None  # type: ignore[assignment] # this is how a form leaves a field out
    us = None  # type: ignore[assignment] # this is how a form leaves a field out

    def __init__(self, *args: Any, questions: list[Question], codes: Iterable[str], **kwargs: Any):
        super().__init__(*args, questions=questions, codes=codes, **kwargs)
        self.by_key = {question.key: question for question in questions}
        said = [("", _("Any")), *_answers(questions)]
        numbers = [("", _("Any"))] + [
            (one.key, one.label) for one in questions if one.type in comparing.NUMBERS
        ]
        for number in range(1, DOES + 1):
            self.fields[f"does{number}"] = forms.ChoiceField(choices=said, required=False)
        for number in range(1, COUNTS + 1):
            self.fields[f"count{number}"] = forms.ChoiceField(choices=numbers, required=False)
            self.fields[f"way{number}"] = forms.ChoiceField(choices=_WAYS, required=False)
            self.fields[f"amount{number}"] = forms.DecimalField(required=False, max_digits=16)
        self.full_clean()

    @property
    def agency_fields(self) -> list[forms.BoundField]:
        """The fields on what an agency is."""
        return [self[name] for name in ("level", "state", "region", "size")]

    @property
    def does(self) -> list[forms.BoundField]:
        """The fields on what an agency says."""
        return [self[f"does{number}"] for number in range(1, DOES + 1)]

    @property
    def counts(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The fields on numbers: question, way and amount."""
        return [
            (self[f"count{n}"], self[f"way{n}"], self[f"amount{n}"]) for n in range(1, COUNTS + 1)
        ]

    @property
    def criteria(self) -> list[Criterion]:
        """What agencies must have answered."""
        given = self.cleaned_data
        found = [self._said(given.get(f"does{n}", "")) for n in range(1, DOES + 1)]
        found += [
            self._counted(given.get(f"count{n}", ""), given.get(f"way{n}"), given.get(f"amount{n}"))
            for n in range(1, COUNTS + 1)
        ]
        return [one for one in found if one]

    def fitting(self, responses: ResponseQuerySet, user: User | AnonymousUser) -> ResponseQuerySet:
        """Keep the agencies that fit all of it; only answers that the reader may read count."""
        responses = self.narrowed(responses, user)
        for criterion in self.criteria:
            answers = Answer.objects.visible_to(user).filter(
                response=OuterRef("pk"), question=criterion.line.question, applies=True
            )
            responses = responses.filter(Exists(answers.filter(criterion.wanted)))
        return responses

    def _said(self, text: str) -> Criterion | None:
        if not text:
            return None
        key, _colon, rest = text.partition(":")
        question = self.by_key[key]
        part, _colon, value = rest.rpartition(":")
        [line] = comparing.lines([question])[:1]
        line = Line(question, line.number, _part(question, part or value))
        if part:
            return Criterion(line, Q(value__contains={part: value}))
        return Criterion(line, Q(value=value) | Q(value__contains=[value]))

    def _counted(self, key: str, way: str | None, amount: Any) -> Criterion | None:
        if not key or amount is None:
            return None
        [line] = comparing.lines([self.by_key[key]])
        number = float(amount)
        return Criterion(line, Q(value__lt=number) if way == BELOW else Q(value__gte=number))


def _part(question: Question, value: str) -> Any:
    return next((one for one in comparing.parts_of(question) if one.value == value), None)


def _answers(questions: list[Question]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return all that can be chosen, by question."""
    found = []
    for question in questions:
        if question.type not in comparing.CHOSEN:
            continue
        options = entries.options(question)
        if question.type == Question.Type.MATRIX:
            offered = [
                (f"{question.key}:{row.value}:{one.value}", f"{row.label}: {one.label}")
                for row in entries.rows(question)
                for one in options
            ]
        else:
            offered = [(f"{question.key}:{one.value}", one.label) for one in options]
        found.append((question.label, offered))
    return found
