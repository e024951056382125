"""Three questions after a webinar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from records.models import PulseAnswer


class PulseForm(forms.Form):
    """Was it useful, will it change something, what next."""

    useful = forms.ChoiceField(
        label=gettext_lazy("Was it useful to you?"),
        choices=PulseAnswer.Useful.choices,
        widget=forms.RadioSelect,
    )
    will_change = forms.ChoiceField(
        label=gettext_lazy("Will you change something in your work?"),
        choices=PulseAnswer.Change.choices,
        widget=forms.RadioSelect,
    )
    wish = forms.CharField(
        label=gettext_lazy("What should come next?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Organizers alone read it, without your name. Name nobody in it."),
    )

    def __init__(self, *args: Any, given: PulseAnswer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if given is not None:
            names = ("useful", "will_change", "wish")
            self.initial.update({name: getattr(given, name) for name in names})
