"""What an organiser says about registering, and how they decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenForm
from accounts.models import User
from agencies import states
from agencies.models import Agency
from webinars.admitting import Ruling
from webinars.models import Rules

AT_MOST = 200  # decisions in one go


class RulesForm(SeenForm):
    """The rules of registering for a webinar, or for the new ones of a series."""

    audience = forms.ChoiceField(
        label=gettext_lazy("Who may register"),
        choices=Rules.Audience.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Who may see the webinar is said where its time is."),
    )
    audience_levels = forms.MultipleChoiceField(
        label=gettext_lazy("Levels"),
        choices=Agency.Level.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("For agencies of certain levels; none means all."),
    )
    audience_states = forms.MultipleChoiceField(
        label=gettext_lazy("States"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("For agencies of certain states; none means all."),
    )
    approval = forms.ChoiceField(
        label=gettext_lazy("Who waits for an organizer's approval"),
        choices=Rules.Approval.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Who waits holds no seat."),
    )
    closes_hours = forms.IntegerField(
        label=gettext_lazy("Registration closes, hours before the start"),
        min_value=0,
        max_value=24 * 60,
        help_text=gettext_lazy("0 keeps it open until the start. It moves with the webinar."),
    )
    seats_per_agency = forms.IntegerField(
        label=gettext_lazy("Greatest number of seats for one agency"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("Its other people wait in line while people of others go first."),
    )
    share_hours = forms.IntegerField(
        label=gettext_lazy("The rest is free for all, hours before the start"),
        min_value=0,
        max_value=24 * 60,
        required=False,
        help_text=gettext_lazy("Empty: when registration closes, two hours before at the latest."),
    )
    access_contact = forms.ModelChoiceField(
        label=gettext_lazy("Who arranges access"),
        queryset=User.objects.organisers(),
        required=False,
        help_text=gettext_lazy(
            "Sees to sign language, captioning and what else is asked for. Without somebody, "
            "people are not asked."
        ),
    )
    access_hours = forms.IntegerField(
        label=gettext_lazy("Access can be asked for until, hours before the start"),
        min_value=0,
        max_value=24 * 60,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Agency.objects.order_by("state").values_list("state", flat=True).distinct()
        chosen = {*codes, *self.initial.get("audience_states", [])}
        field = self.fields["audience_states"]
        field.choices = [(code, states.name(code)) for code in sorted(chosen)]  # type: ignore[attr-defined] # a MultipleChoiceField

    def clean(self) -> dict[str, Any]:
        """Want a level or a state where it is for certain agencies, and none elsewhere."""
        cleaned = super().clean() or {}
        if cleaned.get("audience") != Rules.Audience.AGENCIES:
            return cleaned | {"audience_levels": [], "audience_states": []}
        if not cleaned.get("audience_levels") and not cleaned.get("audience_states"):
            self.add_error("audience_levels", _("Choose at least one level or one state."))
        return cleaned

    def ruling(self) -> Ruling:
        """Return what the form says; it is valid."""
        return Ruling(**{name: self.cleaned_data[name] for name in Ruling.__dataclass_fields__})


class TryForm(forms.Form):
    """An address to try the rules with."""

    address = forms.EmailField(label=gettext_lazy("E-mail address of an account"))

    def person(self) -> User | None:
        """Return whose address it is, or None when nobody has an account with it."""
        return User.objects.filter(email=self.cleaned_data["address"].lower()).first()


class DecisionForm(forms.Form):
    """Whose registration is decided on, and why not."""

    place = forms.TypedMultipleChoiceField(coerce=int)
    reason = forms.CharField(
        label=gettext_lazy("Reason, if you decline"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Everybody whom you decline reads it."),
    )

    def __init__(self, *args: Any, places: list[int]) -> None:
        super().__init__(*args)
        field = self.fields["place"]
        field.choices = [(pk, pk) for pk in places]  # type: ignore[attr-defined] # a choice field

    def clean(self) -> dict[str, Any]:
        """Want a reason where somebody is declined."""
        cleaned = super().clean() or {}
        if "decline" in self.data and not cleaned.get("reason"):
            self.add_error("reason", _("Say why: everybody whom you decline reads it."))
        return cleaned
