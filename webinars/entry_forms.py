"""What people are asked when they register, and how organisers write the questions."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenFormSet
from accounts.names import one_line
from webinars import conditions
from webinars.models import AccessNeed, Registration, RegistrationQuestion, Webinar
from webinars.questions import Wanted

Kind = RegistrationQuestion.Kind
YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
MOST = 30  # questions of one webinar
# What the profile says of a person is not asked again.
_KNOWN = re.compile(
    r"(what|which) is |(please )?(enter|give) |(your|the) |(full|first|last|family|given) "
    r"|\b(name|surname|e-?mail( address)?|agency|organi[sz]ation|employer|role|time ?zone)\b|\W+",
    re.IGNORECASE,
)


class EntryForm(forms.Form):
    """The questions of one webinar, and what one needs to take part.

    A question that depends on another has the condition beside it, and a script shows it only
    while that holds; what is said to one whose condition does not hold is left out.
    """

    def __init__(
        self, *args: Any, webinar: Webinar, place: Registration | None, asks_access: bool
    ) -> None:
        super().__init__(*args)
        self.questions = list(webinar.questions.asked().select_related("shown_if"))
        self.place = place
        self.given = {one.question_id: one.values for one in place.answers.all()} if place else {}
        for question in self.questions:
            self.fields[_name(question)] = _field(question, self.given.get(question.pk, []))
        self.asks_access = asks_access
        if asks_access:
            self.fields |= _access_fields(place)

    def clean(self) -> dict[str, Any]:
        """Want nothing of questions that are not called for, and words for what else is needed."""
        cleaned = super().clean() or {}
        shown = conditions.shown(self.questions, self.answers())
        for question in self.questions:
            if question not in shown:
                self.errors.pop(_name(question), None)
        needs = cleaned.get("access", [])
        if AccessNeed.Kind.OTHER in needs and not cleaned.get("access_note"):
            self.add_error("access_note", _("Say what you need."))
        return cleaned

    def is_called_for(self) -> bool:
        """Whether to ask: whoever comes new anything, the others only what they still owe."""
        if self.place is None:
            return bool(self.fields)
        owed = conditions.shown(self.questions, self.given)
        return any(one.is_required and not self.given.get(one.pk) for one in owed)

    def answers(self) -> dict[int, list[str]]:
        """Return what was said, by the questions' keys."""
        found = {}
        for question in self.questions:
            value = self.cleaned_data.get(_name(question)) or []
            found[question.pk] = [value] if isinstance(value, str) else list(value)
        return found

    def needs(self) -> dict[str, str] | None:
        """Return each kind of access that is needed with its note; None if it is not asked."""
        if not self.asks_access:
            return None
        note = self.cleaned_data["access_note"]
        return dict.fromkeys(self.cleaned_data["access"], note)


class ArrangeForm(forms.Form):
    """What has become of one thing that somebody needs, in words to them."""

    need = forms.CharField(widget=forms.HiddenInput, required=False)
    how = forms.CharField(
        label=gettext_lazy("What you arranged"),
        max_length=500,
        required=False,
        validators=[one_line],
    )

    def key(self) -> int:
        """Return the key of the need that it is about, or 0."""
        text = str(self.data.get("need", ""))
        return int(text) if text.isdecimal() and len(text) < 18 else 0


class QuestionForm(forms.Form):
    """One question as an organiser writes it."""

    key = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(label=gettext_lazy("Question"), max_length=300, validators=[one_line])
    kind = forms.ChoiceField(  # chosen beforehand, so that a blank row says nothing
        label=gettext_lazy("Answered by"), choices=Kind.choices, initial=Kind.SHORT
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line; for “one of these” and “any of these”."),
    )
    is_required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    is_asked = forms.BooleanField(
        label=gettext_lazy("Asked (uncheck to ask no longer and keep the answers)"),
        required=False,
        initial=True,
    )
    shown_if = forms.IntegerField(
        label=gettext_lazy("Only if question number"), required=False, min_value=1, max_value=MOST
    )
    shown_if_answer = forms.CharField(
        label=gettext_lazy("was answered with"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("One of its choices, or yes or no."),
    )

    def clean_text(self) -> str:
        """Refuse what the profile says already."""
        text = str(self.cleaned_data["text"])
        if not _KNOWN.sub("", text):
            raise forms.ValidationError(
                _("The profile knows the person's name, address, agency, role and time zone.")
            )
        return text

    def clean_choices(self) -> list[str]:
        """Return the choices, without blanks and doubles."""
        lines = (line.strip()[:200] for line in self.cleaned_data["choices"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        """Want choices where one chooses, and both halves of a condition or none."""
        cleaned = super().clean() or {}
        has_choices = cleaned.get("kind") in {Kind.ONE, Kind.SEVERAL}
        if has_choices and len(cleaned.get("choices", [])) < 2:
            self.add_error("choices", _("Give at least two choices, one a line."))
        if not has_choices:
            cleaned["choices"] = []
        if cleaned.get("shown_if") and not cleaned.get("shown_if_answer"):
            self.add_error("shown_if_answer", _("Say which answer it depends on."))
        if not cleaned.get("shown_if"):
            cleaned["shown_if_answer"] = ""
        return cleaned


class QuestionRows(SeenFormSet):
    """The questions in order; a condition looks back."""

    key = "key"

    def clean(self) -> None:
        """Let a condition name a question before it, and an answer that this can have."""
        super().clean()
        rows = [row for row in self.forms if _is_kept(row)]
        for number, row in enumerate(rows, start=1):
            other = row.cleaned_data.get("shown_if")
            if not other or row.errors:
                continue
            if other >= number:
                row.add_error("shown_if", _("Name a question that stands before this one."))
                continue
            possible = _possible(rows[other - 1])
            if not possible:
                row.add_error("shown_if", _("That question is answered in words of one's own."))
            elif row.cleaned_data["shown_if_answer"].casefold() not in possible:
                text = _("That question has one of these answers: %(answers)s.")
                row.add_error("shown_if_answer", text % {"answers": ", ".join(possible)})


QuestionFormSet = forms.formset_factory(
    QuestionForm,
    QuestionRows,
    extra=2,
    max_num=MOST,
    absolute_max=MOST + 2,  # no more rows are built, whatever number is sent
    validate_max=True,
    can_delete=True,
)


def wanted(rows: Any) -> list[Wanted]:
    """Return what the rows of the form set say; they are valid."""
    names = Wanted.__dataclass_fields__
    kept = (row.cleaned_data for row in rows.forms if _is_kept(row))
    return [Wanted(**{name: data[name] for name in names}) for data in kept]


def initial_of(owner: Any) -> list[dict[str, Any]]:
    """Return what the rows show of a webinar's or a series' questions."""
    rows = list(owner.questions.order_by("position", "pk"))
    numbers = {row.pk: number for number, row in enumerate(rows, start=1)}
    return [
        {
            "key": row.pk,
            "text": row.text,
            "kind": row.kind,
            "choices": "\n".join(row.choices),
            "is_required": row.is_required,
            "is_asked": row.is_asked,
            "shown_if": numbers.get(row.shown_if_id),
            "shown_if_answer": row.shown_if_answer,
        }
        for row in rows
    ]


def _is_kept(row: QuestionForm) -> bool:
    data = getattr(row, "cleaned_data", {})
    return bool(data.get("text")) and not data.get("DELETE")


def _possible(row: QuestionForm) -> list[str]:
    if row.cleaned_data["kind"] == Kind.YES_NO:
        return ["yes", "no"]
    return [choice.casefold() for choice in row.cleaned_data["choices"]]


def _name(question: RegistrationQuestion) -> str:
    return f"question_{question.pk}"


def _field(question: RegistrationQuestion, given: list[str]) -> forms.Field:
    """Return the field that a question is answered in; the form looks at its condition."""
    field = _bare_field(question, given)
    field.error_messages["required"] = _("Answer this question.")
    if question.shown_if is not None:
        condition = {"shown-if": _name(question.shown_if), "answer": question.shown_if_answer}
        field.widget.attrs |= {f"data-{name}": text for name, text in condition.items()}
    return field


def _bare_field(question: RegistrationQuestion, given: list[str]) -> forms.Field:
    said: dict[str, Any] = {
        "label": question.text,
        "required": question.is_required,
        "initial": given[0] if given else "",
    }
    if question.shown_if is not None:
        answer = {"yes": _("Yes"), "no": _("No")}.get(
            question.shown_if_answer.casefold(), question.shown_if_answer
        )
        text = _("Only if you answered “%(answer)s” to “%(question)s”.")
        said["help_text"] = text % {"answer": answer, "question": question.shown_if.text}
    if question.kind == Kind.SEVERAL:
        choices = [(choice, choice) for choice in question.choices]
        widget = forms.CheckboxSelectMultiple
        said["initial"] = given
        return forms.MultipleChoiceField(choices=choices, widget=widget, **said)
    if question.kind in {Kind.ONE, Kind.YES_NO}:
        one_of: list[tuple[str, Any]] = [(choice, choice) for choice in question.choices]
        possible = one_of if question.kind == Kind.ONE else YES_NO
        return forms.ChoiceField(choices=possible, widget=forms.RadioSelect, **said)
    if question.kind == Kind.LONG:
        widget_of_text = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(max_length=4000, widget=widget_of_text, **said)
    return forms.CharField(max_length=300, **said)


def _access_fields(place: Registration | None) -> dict[str, forms.Field]:
    before = list(place.access_needs.all()) if place else []
    return {
        "access": forms.MultipleChoiceField(
            label=_("What you need to take part"),
            choices=AccessNeed.Kind.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=[need.kind for need in before],
        ),
        "access_note": forms.CharField(
            label=_("What whoever arranges it should know"),
            widget=forms.Textarea(attrs={"rows": 2}),
            max_length=1000,
            required=False,
            initial=before[0].note if before else "",
        ),
    }
