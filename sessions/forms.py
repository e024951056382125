"""What an organiser or facilitator says of a session, and what people answer."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agencies.models import Community
from events import zones
from events.forms import EventForm, initial
from library.models import Topic
from sessions.models import Invitation, PracticeSession
from sessions.scheduling import NotHeldThen, Plan, SeatsTaken

_TIMES = ("held_on", "start", "minutes", "time_zone", "is_past_meant")
SECTIONS = (
    (gettext_lazy("What"), ("title", "summary", "description", "topics")),
    (gettext_lazy("When"), _TIMES),
    (gettext_lazy("Who"), ("community", "capacity", "has_public_summary")),
    (gettext_lazy("Where"), ("join_url",)),
)


class SessionForm(EventForm):
    """A session's words, time and community.

    The times of what was held stay as they are; those of what was put on record later are set
    right where they were entered wrong.
    """

    uid = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    community = forms.ModelChoiceField(
        label=gettext_lazy("Community"), queryset=Community.objects.none()
    )
    has_public_summary = forms.BooleanField(
        label=gettext_lazy("Everyone may see the title, date and summary"), required=False
    )
    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics"),
        queryset=Topic.objects.order_by("position", "name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    # Asked for on the page that shows what a move touches.
    reason = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)

    def __init__(
        self,
        data: MultiValueDict[str, str] | None,
        *,
        by: User,
        now: datetime,
        session: PracticeSession | None = None,
    ) -> None:
        first = _initial_of(session) if session else {"uid": uuid4(), "time_zone": by.time_zone}
        super().__init__(data, initial=first, now=now)
        self.session, self.asked_at = session, now
        self.may_lack_hours = session is not None and session.starts_at is None
        self._choose_communities(by)
        self.fields["summary"].help_text = _("At most the summary, title and date can be public.")
        self.fields["description"].help_text = _("Only the community reads it. Markdown.")
        self.fields["join_url"].help_text = _("It goes to who says yes, and to who facilitates.")
        if self._is_on_record:
            self._leave_out("capacity", "join_url")
        elif session and session.state != session.State.DRAFT and session.is_over(now):
            self._leave_out(*_TIMES, "capacity", "join_url")

    @property
    def _is_on_record(self) -> bool:
        """Whether it was put on record once it was held: nobody was told of its time."""
        return self.session is not None and self.session.is_entered_later

    def _leave_out(self, *names: str) -> None:
        for name in names:
            del self.fields[name]

    def _choose_communities(self, by: User) -> None:
        field = self.fields["community"]
        field.queryset = (  # type: ignore[attr-defined] # a ModelChoiceField
            Community.objects.run_by(by).order_by("name", "pk")
        )
        if self.session and self.session.state != self.session.State.DRAFT:
            field.disabled = True
            field.help_text = _("Its people have been asked, so this stays.")

    def clean(self) -> dict[str, Any]:
        """Refuse to move what people were asked to into the past; a draft may have been held."""
        if self._is_on_record:  # there it is the rule
            self.cleaned_data["is_past_meant"] = True
        cleaned = super().clean()
        starts_at, session = cleaned.get("starts_at"), self.session
        if session is None or session.state == session.State.DRAFT or self._is_on_record:
            return cleaned
        is_moved = "starts_at" in cleaned and starts_at != session.starts_at
        if is_moved and (starts_at is None or starts_at <= self.asked_at):
            self.add_error("held_on", _("This time has passed. Choose one that is to come."))
        return cleaned

    def explain(self, refusal: Exception, session: PracticeSession) -> None:
        """Say why the change was refused, and what to do."""
        if isinstance(refusal, NotHeldThen):
            self._refuse_day(session)
        elif isinstance(refusal, SeatsTaken):
            self.refuse_seats(session.invitations.standing().answers()["yes"])
        else:
            self.read_again()

    def _refuse_day(self, session: PracticeSession) -> None:
        """Say that what is on record was held before it was put there."""
        published_at = session.published_at
        words = _("It was put on record on %(day)s, so it was held before that.")
        day = zones.day_in_words(published_at.date()) if published_at else ""
        self.add_error("held_on", words % {"day": day})

    def read_again(self) -> None:
        """Say that somebody else has saved since; saving once more replaces it knowingly."""
        session = PracticeSession.objects.get(pk=self.session.pk) if self.session else None
        if session:
            self.data = self.data.copy()  # type: ignore[attr-defined] # of a request
            self.data["seen"] = session.changed_at.isoformat()  # type: ignore[index]
            self.follow_time(session)
        self.add_error(
            None,
            _(
                "Somebody else has changed this session while you were writing. Nothing of yours "
                "is lost: look at the session in another window, then save again to replace it. "
                "The time is theirs, unless you changed it here."
            ),
        )

    def sections(self) -> list[tuple[str, list[BoundField]]]:
        """Return the fields under their headings."""
        return [
            (str(legend), [self[name] for name in names if self._is_shown(name)])
            for legend, names in SECTIONS
            if any(name in self.fields for name in names)
        ]

    def _is_shown(self, name: str) -> bool:
        """Whether the page asks it: about the past only where it has become a question."""
        if name not in self.fields:
            return False
        return name != "is_past_meant" or bool(self[name].errors or self[name].value())

    def plan(self) -> Plan:
        """Return what the form says, and for what it does not ask what is so; it is valid."""
        said = {name: getattr(self.session, name, None) for name in Plan.__dataclass_fields__}
        given = {name: self.cleaned_data[name] for name in said if name in self.cleaned_data}
        return Plan(**said | given)  # type: ignore[arg-type] # every name is given or so already


class CancelForm(forms.Form):
    """Why a session is called off."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Everybody who is asked reads it."),
    )

    def __init__(
        self, data: MultiValueDict[str, str] | None = None, *, session: PracticeSession
    ) -> None:
        super().__init__(data)
        if not session.is_announced:
            self.fields["reason"].help_text = _("Only who runs the session reads it.")


class RsvpForm(forms.Form):
    """A person's answer to an invitation."""

    rsvp = forms.ChoiceField(
        label=gettext_lazy("Are you coming?"),
        choices=[choice for choice in Invitation.Rsvp.choices if choice[0]],
        widget=forms.RadioSelect,
    )


def _initial_of(session: PracticeSession) -> dict[str, Any]:
    names = ("uid", "community", "has_public_summary", "capacity", "join_url")
    shown = {name: getattr(session, name) for name in names}
    # To the last digit: it is compared with what is kept.
    seen = session.changed_at.isoformat()
    return initial(session) | shown | {"topics": session.topics.all(), "seen": seen}
