"""What an organiser or facilitator says of a session."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agencies.models import Community
from events.forms import EventForm, initial
from library.models import Topic
from sessions.models import Invitation, PracticeSession
from sessions.scheduling import Plan


class SessionForm(EventForm):
    """A session's words, time, agenda and community."""

    community = forms.ModelChoiceField(
        label=gettext_lazy("Community"), queryset=Community.objects.order_by("name")
    )
    has_public_summary = forms.BooleanField(
        label=gettext_lazy("Everyone may see the title, date and summary"), required=False
    )
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"),
        widget=forms.Textarea,
        required=False,
        max_length=5000,
        help_text=gettext_lazy("One part on each line. Only the community reads it."),
    )
    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics"),
        queryset=Topic.objects.order_by("position", "name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, if the time changes"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Everybody who is asked reads it."),
    )

    def plan(self) -> Plan:
        """Return what the form says; the form is valid."""
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})

    def agenda_lines(self) -> list[str]:
        """Return the agenda's parts."""
        lines = self.cleaned_data["agenda"].splitlines()
        return [line.strip()[:200] for line in lines if line.strip()]


class CancelForm(forms.Form):
    """Why a session is called off."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Everybody who is asked reads it."),
    )


class RsvpForm(forms.Form):
    """A person's answer to an invitation."""

    rsvp = forms.ChoiceField(
        label=gettext_lazy("Are you coming?"),
        choices=[choice for choice in Invitation.Rsvp.choices if choice[0]],
        widget=forms.RadioSelect,
    )


def initial_of(session: PracticeSession) -> dict[str, Any]:
    """Return what the form shows of a session."""
    shown = {
        name: getattr(session, name)
        for name in ("community", "has_public_summary", "capacity", "join_url")
    }
    agenda = "\n".join(item.title for item in session.agenda.order_by("position", "pk"))
    return initial(session) | shown | {"topics": session.topics.all(), "agenda": agenda}
