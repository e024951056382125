"""Which practices and which agencies a reader compares."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agencies import profile, states
from agencies.models import Agency
from surveys import entries, strips
from surveys.amounts import Rate
from surveys.comparing import Row
from surveys.models import Answer, Question, ResponseQuerySet, Section, Wave

SAME, DIFFERENT = "same", "different"
NARROWING = ("level", "state", "region", "size", "says")  # what chooses among agencies
_SAID = {
    Question.Type.SINGLE_CHOICE,
    Question.Type.MULTIPLE_CHOICE,
    Question.Type.YES_NO_IN_PROGRESS,
}


class FindingsForm(forms.Form):
    """What the table of agencies shows; a field that makes no sense is passed over."""

    section = forms.ChoiceField(label=gettext_lazy("Part of the survey"), required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        required=False,
        choices=[("", gettext_lazy("All levels")), *Agency.Level.choices],
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    region = forms.ChoiceField(
        label=gettext_lazy("Region"),
        required=False,
        choices=[("", gettext_lazy("All regions")), *((name, name) for name in states.REGIONS)],
    )
    size = forms.ChoiceField(
        label=gettext_lazy("People in its area"),
        required=False,
        choices=[("", gettext_lazy("All sizes")), *profile.POPULATION.items()],
    )
    says = forms.ChoiceField(label=gettext_lazy("Powers and practices"), required=False)
    us = forms.ChoiceField(
        label=gettext_lazy("Compared with us"),
        required=False,
        choices=[
            ("", gettext_lazy("All practices")),
            (SAME, gettext_lazy("Where others do the same as us")),
            (DIFFERENT, gettext_lazy("Where others differ from us")),
        ],
    )

    def __init__(self, *args: Any, questions: list[Question], codes: Iterable[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.questions = questions
        sections = dict.fromkeys(question.section for question in questions)
        self.sections = {section.key: section for section in sections}
        named = sorted((states.name(code), code) for code in codes)
        offered: dict[str, list[Any]] = {
            "section": [(section.key, section.title) for section in sections],
            "state": [("", _("All states")), *((code, name) for name, code in named)],
            "says": [("", _("Any")), *_groups(questions)],
        }
        for name in offered.keys() & self.fields.keys():
            choices = offered[name]
            cast(forms.ChoiceField, self.fields[name]).choices = choices
        self.is_valid()

    @property
    def chosen(self) -> Section | None:
        """The part of the survey to show: the first one when none is named."""
        first = next(iter(self.sections.values()), None)
        return self.sections.get(self.cleaned_data.get("section", ""), first)

    @property
    def narrows(self) -> bool:
        """Whether it keeps some agencies only."""
        return any(self.cleaned_data.get(name) for name in NARROWING)

    def narrowed(self, responses: ResponseQuerySet, user: User | AnonymousUser) -> ResponseQuerySet:
        """Keep the agencies that fit; what they answered counts only as far as the reader reads."""
        given = self.cleaned_data
        wanted = Q()
        for field, lookup in (("level", "level"), ("state", "state"), ("size", "population_band")):
            if given.get(field):
                wanted &= Q(**{f"agency__{lookup}": given[field]})
        if given.get("region"):
            wanted &= Q(agency__state__in=states.REGIONS[given["region"]])
        responses = responses.filter(wanted)
        return responses.filter(self._saying(user)) if given.get("says") else responses

    def kept(self, rows: list[Row]) -> list[Row]:
        """Keep the practices in which others are the same as the reader's agency, or differ."""
        how = self.cleaned_data.get("us")
        if how == SAME:
            return [row for row in rows if row.same]
        return [row for row in rows if row.different] if how == DIFFERENT else rows

    def _saying(self, user: User | AnonymousUser) -> Exists:
        key, value = self.cleaned_data["says"].split(":", 1)
        answers = Answer.objects.visible_to(user).filter(
            response=OuterRef("pk"), question__key=key, applies=True
        )
        return Exists(answers.filter(Q(value=value) | Q(value__contains=[value])))


class NumberForm(FindingsForm):
    """How one number is drawn, and of which agencies; what makes no sense is passed over."""

    section = None  # type: ignore[assignment] # this is how a form leaves a field out
    us = None  # type: ignore[assignment] # this is how a form leaves a field out
    per = forms.ChoiceField(label=gettext_lazy("Numbers"), required=False)
    axis = forms.ChoiceField(
        label=gettext_lazy("Axis"),
        required=False,
        choices=[
            ("", gettext_lazy("As the numbers need it")),
            (strips.EVEN, gettext_lazy("Even steps")),
            (strips.LOGARITHMIC, gettext_lazy("Logarithmic: ten times as much")),
        ],
    )
    field_order = ("per", "axis")

    def __init__(self, *args: Any, rates: list[Rate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rates = {rate.under.key: rate for rate in rates}
        offered = [("", _("As agencies give them")), *((k, r.label) for k, r in self.rates.items())]
        cast(forms.ChoiceField, self.fields["per"]).choices = offered
        self.full_clean()

    @property
    def rate(self) -> Rate | None:
        """By what the numbers are divided; None: they stand as they are."""
        return self.rates.get(self.cleaned_data.get("per", ""))

    @property
    def chosen_axis(self) -> str:
        """The axis that was asked for; "" leaves it to the numbers."""
        axis: str = self.cleaned_data.get("axis", "")
        return axis


class TrendForm(forms.Form):
    """Which part of a survey, and since which wave; what makes no sense is passed over."""

    section = forms.ChoiceField(label=gettext_lazy("Part of the survey"), required=False)
    since = forms.ChoiceField(label=gettext_lazy("Compared with"), required=False)

    def __init__(
        self, *args: Any, sections: Iterable[Section], waves: list[Wave], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = {section.key: section for section in sections}
        self.waves = {wave.slug: wave for wave in waves}
        for name, offered in (("section", self.sections), ("since", self.waves)):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [(key, one.title) for key, one in offered.items()]
        self.is_valid()

    @property
    def chosen(self) -> Section | None:
        """The part of the survey to show: the first one when none is named."""
        first = next(iter(self.sections.values()), None)
        return self.sections.get(self.cleaned_data.get("section", ""), first)

    @property
    def then(self) -> Wave:
        """The earlier wave: the last one when none is named."""
        first = next(iter(self.waves.values()))
        return self.waves.get(self.cleaned_data.get("since", ""), first)


def _groups(questions: list[Question]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            question.label,
            [(f"{question.key}:{c.value}", c.label) for c in entries.options(question)],
        )
        for question in questions
        if question.type in _SAID
    ]
