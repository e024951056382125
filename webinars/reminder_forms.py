"""Which reminders go out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.concurrency import SeenForm
from events.leads import CHOICES
from webinars.models.webinar import THANKS


class RemindersForm(SeenForm):
    """The reminders to choose from, each on or off."""

    reminders = forms.MultipleChoiceField(
        label=_("Send a reminder"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "One that you add when its moment has passed goes out within a minute, while it is "
            "still of use. Those that wait for the reader's morning are withdrawn if you take "
            "them out."
        ),
    )
    thanks = forms.BooleanField(label=_("Thank who was there, a day after the end"), required=False)

    def __init__(self, *args: Any, plan: list[str], **kwargs: Any) -> None:
        chosen = [word for word in plan if word != THANKS]
        initial = {"reminders": chosen, "thanks": THANKS in plan}
        super().__init__(*args, **{"initial": initial} | kwargs)
        self.fields["reminders"].choices = [  # type: ignore[attr-defined] # a MultipleChoiceField
            (lead.word, _("%(span)s before") % {"span": lead.span}) for lead in CHOICES
        ]

    def words(self) -> list[str]:
        """Return the plan; the form is valid."""
        thanks = [THANKS] if self.cleaned_data["thanks"] else []
        return [*self.cleaned_data["reminders"], *thanks]
