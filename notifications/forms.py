"""What a person wants to hear of."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import unsubscribing


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
