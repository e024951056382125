"""What a person wants to hear of."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import unsubscribing


class AddressForm(forms.Form):
    """An address, and whether it may be written to."""

    address = forms.EmailField(max_length=254)
    rests = forms.BooleanField(required=False)


class PreferenceForm(forms.Form):
    """The optional categories, each on or off."""

    categories = forms.MultipleChoiceField(
        label=_("Send me"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as they are
        chosen = self.fields["categories"]
        chosen.choices = [  # type: ignore[attr-defined] # a MultipleChoiceField
            (category.value, category.label) for category in unsubscribing.optional()
        ]
