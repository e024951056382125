"""What an organiser says of a wave."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, AgencyQuerySet, Community
from events import zones
from events.forms import DayInput
from surveys.fielding import Plan
from surveys.models import Survey


class WaveForm(forms.Form):
    """Which instrument, from when to when, and which agencies."""

    survey = forms.ModelChoiceField(
        label=gettext_lazy("Survey"), queryset=Survey.objects.order_by("title", "version")
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    opens_on = forms.DateField(label=gettext_lazy("Opens on"), widget=DayInput(format="%Y-%m-%d"))
    closes_on = forms.DateField(
        label=gettext_lazy("Closes on"),
        widget=DayInput(format="%Y-%m-%d"),
        help_text=gettext_lazy("At the end of that day."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones.US_ZONES.items)
    level = forms.ChoiceField(
        label=gettext_lazy("Agencies of this level"),
        choices=[("", gettext_lazy("Any")), *Agency.Level.choices],
        required=False,
    )
    state = forms.CharField(
        label=gettext_lazy("Agencies in this state"), max_length=2, required=False
    )
    community = forms.ModelChoiceField(
        label=gettext_lazy("Agencies of this community"),
        queryset=Community.objects.order_by("name"),
        required=False,
    )
    is_demo = forms.BooleanField(
        label=gettext_lazy("Demonstration agencies instead of real ones"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Hold the end behind the beginning, and find at least one agency."""
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("It must not close before it opens."))
        if not self.errors and not self.agencies().exists():
            self.add_error(None, _("No agency fits these choices."))
        return cleaned

    def agencies(self) -> AgencyQuerySet:
        """Return the agencies that are asked."""
        data = self.cleaned_data
        found = Agency.objects.filter(is_demo=data.get("is_demo", False))
        if data.get("level"):
            found = found.filter(level=data["level"])
        if data.get("state"):
            found = found.filter(state=data["state"].upper())
        if data.get("community"):
            found = found.filter(communities=data["community"])
        return found

    def plan(self) -> Plan:
        """Return what the form says; the form is valid."""
        data = self.cleaned_data
        return Plan(
            title=data["title"],
            opens_at=zones.instant(data["opens_on"], 0, 0, data["time_zone"]),
            closes_at=zones.instant(data["closes_on"], 23, 59, data["time_zone"]),
            time_zone=data["time_zone"],
        )
