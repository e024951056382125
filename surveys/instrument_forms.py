"""What an organiser says of a questionnaire: its versions, words, sections and topics."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenForm
from accounts.names import one_line
from library.models import Topic
from surveys import building
from surveys.models import Section
from surveys.row_fields import DefinitionsWidget, RowsField, RowsWidget, with_keys

VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")


def check_version(version: str) -> None:
    """Refuse what cannot stand in an address."""
    if not VERSION.fullmatch(version):
        raise ValidationError(_("Use up to 20 letters, digits, dots and hyphens: 2027.1"))


class VersionForm(forms.Form):
    """What a new version is called."""

    version = forms.CharField(
        label=gettext_lazy("Name of the new version"),
        max_length=20,
        validators=[check_version],
        help_text=gettext_lazy("For example 2027.1"),
    )


class _WordsForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[one_line])
    introduction = forms.CharField(
        label=gettext_lazy("Introduction"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5000,
        required=False,
        help_text=gettext_lazy(
            "Stands above the first question: what it is for, how long it takes."
        ),
    )


class SurveyForm(_WordsForm):
    """What a survey says apart from its questions."""

    public_records_note = forms.CharField(
        label=gettext_lazy("Note on public records"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    definitions = RowsField(
        label=gettext_lazy("Definitions"),
        widget=DefinitionsWidget(noun=gettext_lazy("definition")),
        needed=("term", "definition"),
        differing=("term",),
        most=2000,
        required=False,
        help_text=gettext_lazy("Questions point to the terms that they use."),
    )
    not_reported = RowsField(
        label=gettext_lazy("Reasons for giving no number"),
        widget=RowsWidget(noun=gettext_lazy("reason")),
        required=False,
        help_text=gettext_lazy(
            "Offered where a question allows it. They are neither zero nor blank."
        ),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def words(self) -> dict[str, Any]:
        """Return what the form says, ids made where they are missing; the form is valid."""
        data = self.cleaned_data
        said = {name: data[name] for name in building.WORDS}
        said["definitions"] = [
            {"id": one["id"], "term": one["term"], "definition": one["definition"]}
            for one in with_keys(data["definitions"], "id", "term")
        ]
        reasons = with_keys(data["not_reported"], "value", "label")
        said["not_reported"] = [{"value": r["value"], "label": r["label"]} for r in reasons]
        return said


class NewSurveyForm(_WordsForm):
    """What a draft begins with; the rest can wait."""

    version = forms.CharField(
        label=gettext_lazy("Version"),
        max_length=20,
        initial="1",
        validators=[check_version],
        help_text=gettext_lazy("What this version is called, such as 1 or 2027.1. It stays so."),
    )
    field_order = ("title", "version")

    def words(self) -> dict[str, Any]:
        """Return what the form says, with the usual reasons for no number; the form is valid."""
        said = dict.fromkeys(building.WORDS, "")
        typed = {name: self.cleaned_data[name] for name in ("title", "introduction")}
        return said | typed | {"definitions": [], "not_reported": building.USUAL_REASONS}


class SectionForm(forms.Form):
    """What a section says."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[one_line])
    description = forms.CharField(
        label=gettext_lazy("Description"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TopicsForm(SeenForm):
    """Under which topics each section is found."""

    def __init__(self, *args: Any, sections: Iterable[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = Topic.objects.order_by("position", "name", "pk")
        for section in sections:
            self.fields[section.key] = forms.ModelMultipleChoiceField(
                label=section.title,
                queryset=topics,
                required=False,
                initial=[topic.pk for topic in section.topics.all()],
                widget=forms.CheckboxSelectMultiple,
            )


def section_words(section: Section) -> dict[str, Any]:
    """Return what the form of a section shows at first."""
    return {"title": section.title, "description": section.description, "seen": section.revision}
