"""What an organiser says of a question."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from library.uploads import CHECKS
from surveys import condition_fields, documents, uploads, versions, writing
from surveys.models import Question, SharingLevel, Survey
from surveys.row_fields import RowsField, RowsWidget, with_keys

Type = Question.Type
NUMBERS = (Type.NUMBER, Type.PERCENTAGE, Type.CURRENCY)
# Which fields a type has beside those that all have.
FIELDS: dict[str, tuple[str, ...]] = {
    Type.SINGLE_CHOICE: ("options",),
    Type.MULTIPLE_CHOICE: ("options", "min_selected"),
    Type.SCALE: ("options", "better"),
    Type.YES_NO_IN_PROGRESS: ("better",),
    Type.MATRIX: ("rows", "options"),
    Type.RANKING: ("options", "max_ranked"),
    Type.NUMBER: ("unit", "decimals", "min", "max", "allow_not_reported", "better"),
    Type.PERCENTAGE: ("decimals", "min", "max", "allow_not_reported", "better"),
    Type.CURRENCY: ("decimals", "min", "max", "allow_not_reported", "better"),
    Type.YEAR: ("min", "max", "allow_not_reported"),
    Type.DATE: ("first_day", "last_day"),
    Type.SHORT_TEXT: ("max_length",),
    Type.LONG_TEXT: ("max_length",),
    Type.FILE: ("accept", "max_mb", "max_files"),
}
SPECIAL = {name for names in FIELDS.values() for name in names}
COMPARE = {
    **dict.fromkeys(documents.NUMERIC, "distribution"),
    Type.SCALE: "mean_and_distribution",
    Type.RANKING: "mean_rank",
    Type.MATRIX: "matrix",
    Type.DATE: "timeline",
    Type.FILE: "none",
    Type.SHORT_TEXT: "list",
    Type.LONG_TEXT: "list",
}
YES_NO = {"yes": gettext_lazy("Yes"), "in_progress": gettext_lazy("In progress")} | {
    "no": gettext_lazy("No")
}


class QuestionForm(forms.Form):
    """What is asked; the type decides which fields there are."""

    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=Type.choices)
    label = forms.CharField(
        label=gettext_lazy("Question"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        error_messages={"required": gettext_lazy("Write what is asked.")},
    )
    help = forms.CharField(
        label=gettext_lazy("Help"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )
    rows = RowsField(
        label=gettext_lazy("Rows"),
        widget=RowsWidget(noun=gettext_lazy("row")),
        help_text=gettext_lazy("In each row one of the choices below is chosen."),
    )
    options = RowsField(
        label=gettext_lazy("Choices"),
        widget=RowsWidget(noun=gettext_lazy("choice")),
        help_text=gettext_lazy("The short name is for files; leave it empty to have one made."),
    )
    min_selected = forms.IntegerField(
        label=gettext_lazy("Choose at least"), min_value=0, max_value=200, required=False
    )
    max_ranked = forms.IntegerField(
        label=gettext_lazy("Rank at most"), min_value=1, max_value=200, required=False
    )
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("What is counted: days, cases, FTE."),
    )
    decimals = forms.IntegerField(
        label=gettext_lazy("Decimal places"), min_value=0, max_value=6, required=False
    )
    min = forms.DecimalField(label=gettext_lazy("Smallest number"), required=False)
    max = forms.DecimalField(label=gettext_lazy("Largest number"), required=False)
    first_day = forms.CharField(
        label=gettext_lazy("First day"),
        required=False,
        help_text=gettext_lazy("A day such as 1990-01-31, or the word today."),
    )
    last_day = forms.CharField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("A day such as 2027-12-31, or the word today."),
    )
    max_length = forms.IntegerField(
        label=gettext_lazy("At most this many characters"),
        min_value=1,
        max_value=5000,
        required=False,
    )
    accept = forms.CharField(
        label=gettext_lazy("Kinds of files"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Their endings, such as: .pdf .docx"),
    )
    max_mb = forms.IntegerField(
        label=gettext_lazy("Largest file (MB)"),
        min_value=1,
        max_value=uploads.MAX_MB,
        required=False,
    )
    max_files = forms.IntegerField(
        label=gettext_lazy("At most this many files"), min_value=1, max_value=20, required=False
    )
    allow_not_reported = forms.BooleanField(
        label=gettext_lazy("Agencies may say why they have no number"), required=False
    )
    better = forms.ChoiceField(
        label=gettext_lazy("Which way is better"),
        choices=[("", gettext_lazy("Neither, or it depends")), *Question.Better.choices],
        required=False,
        help_text=gettext_lazy("Trends are called better or worse only where you say so."),
    )
    required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    default_sharing = forms.ChoiceField(
        label=gettext_lazy("Who may see answers, unless the agency says otherwise"),
        choices=SharingLevel.choices,
        initial=SharingLevel.MEMBERS,
    )
    terms = forms.MultipleChoiceField(
        label=gettext_lazy("Definitions shown with it"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    show_if = condition_fields.ConditionsField()
    is_comparable = forms.ChoiceField(
        label=gettext_lazy("Can answers be compared with those to the version before?"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("Yes: the new words ask for the same")),
            ("no", gettext_lazy("No: trends break here")),
        ],
        required=False,
        help_text=gettext_lazy("Say so when you change the words; unchanged words are comparable."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, survey: Survey, kind: str, earlier: Sequence[Question], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind if kind in Type.values else Type.SINGLE_CHOICE
        for name in SPECIAL - set(FIELDS[self.kind]):
            del self.fields[name]
        if "options" in self.fields:
            self.fields["options"].widget.has_alone = self.kind == Type.MULTIPLE_CHOICE
        self.fields["type"].widget = forms.HiddenInput()
        self.initial["type"] = self.kind
        terms = [(d["id"], d["term"]) for d in survey.definitions]
        if terms:
            self.fields["terms"].choices = terms  # type: ignore[attr-defined] # a choice field
        else:
            del self.fields["terms"]
        if earlier:
            self.fields["show_if"].offer(earlier)  # type: ignore[attr-defined] # ours
        else:
            del self.fields["show_if"]
        if survey.previous_id is None:
            del self.fields["is_comparable"]

    def clean_first_day(self) -> str:
        """Take a day, or today."""
        return _day(self.cleaned_data["first_day"])

    def clean_last_day(self) -> str:
        """Take a day, or today."""
        return _day(self.cleaned_data["last_day"])

    def clean_accept(self) -> list[str]:
        """Take endings in any case, with or without their dot."""
        words = re.split(r"[\s,;]+", self.cleaned_data["accept"].lower().strip())
        endings = [f".{word.lstrip('.')}" for word in words if word.strip(".")]
        for ending in endings:
            if ending not in CHECKS:
                known = ", ".join(sorted(CHECKS))
                raise ValidationError(
                    _("“%(one)s” cannot be taken. These can: %(known)s.")
                    % {"one": ending, "known": known}
                )
        return endings

    def clean(self) -> dict[str, Any]:
        """See that the ends of a range come in their order."""
        data: dict[str, Any] = super().clean() or {}
        least, most = data.get("min"), data.get("max")
        if least is not None and most is not None and least > most:
            self.add_error("max", _("The largest number lies below the smallest."))
        return data

    def given(self) -> dict[str, Any]:
        """Return the question as in a document; the form is valid."""
        data = self.cleaned_data
        given: dict[str, Any] = {
            "type": self.kind,
            "label": data["label"],
            "help": data["help"],
            "required": data["required"],
            "sensitivity": writing.SHARING[SharingLevel(data["default_sharing"])],
            "terms": data.get("terms", []),
            "compare": COMPARE.get(Type(self.kind), "share_of_agencies"),
        }
        if data.get("show_if"):
            given["show_if"] = {"all": data["show_if"]}
        for name in ("rows", "options"):
            if name in data:
                listed = with_keys(data[name], "value", "label")
                given[name] = [{"value": r["value"], "label": r["label"]} for r in listed]
                given |= _exclusive(listed) if name == "options" else {}
        if self.kind == Type.YES_NO_IN_PROGRESS:
            given["options"] = [{"value": v, "label": str(t)} for v, t in YES_NO.items()]
        plain = {n: data[n] for n in FIELDS[self.kind] if n in documents.LIMITS or n in _WORDS}
        plain |= {n: data[f] for n, f in _DAYS.items() if f in data}
        return given | {n: _number(v) for n, v in plain.items() if v not in (None, "", [])}


_WORDS = ("unit", "allow_not_reported", "better")
_DAYS = {"min": "first_day", "max": "last_day"}


def initial(question: Question) -> dict[str, Any]:
    """Return what the form of a question shows at first."""
    written = writing.question(question)
    alone = written.get("exclusive", [])
    options = written.get("options", [])
    return written | {
        "default_sharing": question.default_sharing,
        "options": [one | {"alone": one["value"] in alone} for one in options],
        "accept": " ".join(written.get("accept", [])),
        "first_day": written.get("min", ""),
        "last_day": written.get("max", ""),
        "show_if": condition_fields.as_rows(question),
        "is_comparable": {True: "yes", False: "no", None: ""}[_said(question)],
        "seen": question.revision,
    }


def _said(question: Question) -> bool | None:
    """Return what was said of a changed wording; of unchanged words nobody has said anything."""
    old = versions.before(question) if question.is_comparable else None
    is_same = old is not None and not versions.differing(question, old)
    return None if is_same else question.is_comparable


def _exclusive(listed: list[dict[str, Any]]) -> dict[str, list[str]]:
    alone = [row["value"] for row in listed if row.get("alone")]
    return {"exclusive": alone} if alone else {}


def _day(text: str) -> str:
    text = text.strip()
    if text and not documents.is_day(text):
        raise ValidationError(_("Enter a day as year-month-day, such as 2026-03-31, or today."))
    return text


def _number(value: Any) -> Any:
    """Return a decimal number as documents hold it."""
    if isinstance(value, (str, list, bool, int)):
        return value
    return int(value) if value == int(value) else float(value)
