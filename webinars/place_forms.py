"""What people say of their own and their colleagues' places."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.models import User


class SubstituteForm(forms.Form):
    """Who comes in one's stead."""

    colleague = forms.ModelChoiceField(
        label=gettext_lazy("Colleague"),
        queryset=User.objects.none(),
        help_text=gettext_lazy("People of your agency who have no seat yet."),
    )
    frees_seat = forms.BooleanField(
        label=gettext_lazy("If they cannot come either, give my seat to the waitlist"),
        required=False,
    )

    def __init__(self, *args: Any, people: QuerySet[User]) -> None:
        super().__init__(*args)
        field = self.fields["colleague"]
        field.queryset = people  # type: ignore[attr-defined] # a ModelChoiceField


class ColleaguesForm(forms.Form):
    """Which colleagues are asked to come."""

    people = forms.ModelMultipleChoiceField(User.objects.none())

    def __init__(self, *args: Any, people: QuerySet[User]) -> None:
        super().__init__(*args)
        field = self.fields["people"]
        field.queryset = people  # type: ignore[attr-defined] # a ModelMultipleChoiceField
