"""What a person wants to hear of."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict

from notifications import unsubscribing
from notifications.models import PATIENT, Preference

Pace = Preference.Pace


class AddressForm(forms.Form):
    """An address, and whether it may be written to."""

    address = forms.EmailField(max_length=254)
    rests = forms.BooleanField(required=False)


class PreferenceForm(forms.Form):
    """The optional categories, each with its pace; only what can wait comes once a week."""

    def __init__(self, data: QueryDict | None, *, paces: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(paces))
        for category in unsubscribing.optional():
            choices = [one for one in Pace.choices if one[0] != Pace.WEEKLY or category in PATIENT]
            self.fields[category.value] = forms.ChoiceField(
                label=category.label, choices=choices, widget=forms.RadioSelect
            )
