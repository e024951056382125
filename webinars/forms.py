"""What an organiser says of a webinar."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Community
from events.forms import EventForm, initial
from library.models import Topic
from webinars.models import Webinar
from webinars.scheduling import Plan


class WebinarForm(EventForm):
    """A webinar's words, time, place and audience."""

    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics"),
        queryset=Topic.objects.order_by("position", "name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may see it and register"), choices=Webinar.Visibility.choices
    )
    community = forms.ModelChoiceField(
        label=gettext_lazy("Community"),
        queryset=Community.objects.order_by("name"),
        required=False,
        help_text=gettext_lazy("Needed when it is for one community only."),
    )
    access_information = forms.CharField(
        label=gettext_lazy("Access information"),
        widget=forms.Textarea,
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Captions, interpreters, and whom to ask for what else."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, if the time changes"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Everybody who has a place reads it."),
    )

    def clean(self) -> dict[str, Any]:
        """Hold a closed webinar to its community."""
        cleaned = super().clean()
        is_closed = cleaned.get("visibility") == Webinar.Visibility.COMMUNITY
        if is_closed and not cleaned.get("community"):
            self.add_error("community", _("Choose the community that it is for."))
        return cleaned

    def plan(self) -> Plan:
        """Return what the form says; the form is valid."""
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})


class CancelForm(forms.Form):
    """Why a webinar is called off."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Everybody who has a place reads it."),
    )


def initial_of(webinar: Webinar) -> dict[str, Any]:
    """Return what the form shows of a webinar."""
    names = ("visibility", "community", "capacity", "join_url", "access_information")
    shown = {name: getattr(webinar, name) for name in names}
    return initial(webinar) | shown | {"topics": webinar.topics.all()}
