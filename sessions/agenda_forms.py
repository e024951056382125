"""The lines of an agenda: as many as there are, and some empty ones."""

from typing import Any, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.agenda import Part
from sessions.models import PracticeSession

MOST_PARTS = 40
EMPTY_LINES = 3
_NAMES = ("title", "minutes", "who", "text")


class PartForm(forms.Form):
    """One part; a line without a title is taken out."""

    title = forms.CharField(label=gettext_lazy("Part"), max_length=200, required=False)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=1, max_value=720, required=False
    )
    who = forms.CharField(label=gettext_lazy("Who"), max_length=120, required=False)
    text = forms.CharField(
        label=gettext_lazy("Notes for the room"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a title where something else is said."""
        cleaned: dict[str, Any] = super().clean() or {}
        said = [name for name in _NAMES if cleaned.get(name) not in {None, ""}]
        if said and "title" not in said and "title" not in self.errors:
            self.add_error("title", _("Say what this part is about, or empty the whole line."))
        return cleaned


class Lines(BaseFormSet):  # type: ignore[type-arg] # no generic at run time
    """All lines of one agenda."""

    def add_fields(self, form: PartForm, index: int | None) -> None:
        """Name the field of the order, which Django adds."""
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Order")

    def parts(self) -> list[Part]:
        """Return the parts in their order; the lines are valid."""
        lines = [form.cleaned_data for form in self.ordered_forms]
        return [
            Part(line["title"], line["minutes"], line["who"], line["text"])
            for line in lines
            if line["title"]
        ]


_PartFormSet = formset_factory(
    PartForm,
    formset=Lines,
    can_order=True,
    extra=EMPTY_LINES,
    max_num=MOST_PARTS,
    absolute_max=MOST_PARTS + EMPTY_LINES,
    validate_max=True,
)


def lines(data: MultiValueDict[str, str] | None, session: PracticeSession | None = None) -> Lines:
    """Return the agenda's lines, as they are kept or as they were sent."""
    kept = session.agenda.order_by("position", "pk").values(*_NAMES) if session else []
    return cast("Lines", _PartFormSet(data, initial=list(kept), prefix="agenda"))
