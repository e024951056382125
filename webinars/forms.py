"""What an organiser says of a webinar."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import one_line
from agencies.models import Community
from events import zones
from events.forms import ClockInput, DayInput, EventForm, initial
from library.models import Topic
from webinars.models import Series, Webinar
from webinars.readiness import Check
from webinars.scheduling import Plan, PublishedTooLate, SeatsTaken

_KEPT = (
    *("visibility", "community", "capacity", "join_url", "access_information", "partner"),
    "series",
)
# What a new webinar takes from its series.
SERIES_DEFAULTS = (
    *("visibility", "community", "capacity", "time_zone", "minutes", "partner"),
    "access_information",
)


class WebinarForm(EventForm):
    """A webinar's words, time, place and audience.

    One of which only the day is on record may stay like that: no hours are invented for it.
    """

    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics"),
        queryset=Topic.objects.order_by("position", "name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    series = forms.ModelChoiceField(
        label=gettext_lazy("Series"),
        queryset=Series.objects.order_by("name", "pk"),
        required=False,
        help_text=gettext_lazy(
            "Webinars that belong together. A new one takes from its series what you leave alone."
        ),
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
    partner = forms.CharField(
        label=gettext_lazy("Organized with"),
        required=False,
        max_length=200,
        validators=[one_line],
        help_text=gettext_lazy("A partner such as CLASP."),
    )
    access_information = forms.CharField(
        label=gettext_lazy("Access information"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Captions, interpreters, and whom to ask for what else."),
    )
    tells_words = forms.BooleanField(
        label=gettext_lazy("Tell who has a place of another title or access information"),
        required=False,
        help_text=gettext_lazy("By e-mail, in ten minutes; not what you put right by then."),
    )
    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)  # of a new one
    # Asked for on the page that shows what a move touches.
    reason = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        webinar: Webinar | None = None,
        start: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        first = initial_of(webinar) if webinar else _new() | (start or {})
        super().__init__(*args, initial=first, **kwargs)
        self.is_new, self.webinar = webinar is None, webinar
        if webinar is None or webinar.state != Webinar.State.PUBLISHED:
            del self.fields["tells_words"]  # nobody knows it by its words
        self.from_series: list[str] = []  # labels of what was taken from the series
        self.fields["join_url"].help_text = _(
            "Nobody reads it: whoever has a seat gets a personal link that leads there."
        )
        self.audience = webinar.audience if webinar else ""
        if webinar and webinar.starts_at is None:
            self.may_lack_hours = True
            for name in ("minutes", "time_zone"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Follow the series, and hold a closed webinar to its community."""
        self._follow_series()
        cleaned = super().clean()
        is_closed = cleaned.get("visibility") == Webinar.Visibility.COMMUNITY
        if is_closed and not cleaned.get("community"):
            self.add_error("community", _("Choose the community that it is for."))
        elif self.audience == Webinar.Audience.COMMUNITY and not cleaned.get("community"):
            self.add_error("community", _("Only its people may register: choose the community."))
        self._refuse_the_past(cleaned)
        return cleaned

    def _refuse_the_past(self, cleaned: dict[str, Any]) -> None:
        """Move nothing into the past that people have a place in: they would not hear of it."""
        webinar, now = self.webinar, self.now
        if webinar is None or now is None or "starts_at" not in cleaned:
            return
        is_awaited = webinar.state == Webinar.State.PUBLISHED and webinar.is_coming(now)
        starts_at = cleaned["starts_at"]
        is_past = starts_at is None or starts_at <= now
        is_moved = is_past and starts_at != webinar.starts_at
        if is_awaited and is_moved and webinar.registrations.current().exists():
            words = _("People have a place. Choose a time that is to come, or cancel it.")
            self.add_error("held_on", words)

    def _follow_series(self) -> None:
        """Take what was left alone from the series that was chosen for a new webinar."""
        series = self.cleaned_data.get("series")
        if series is None or not self.is_new or "series" not in self.changed_data:
            return
        for name in SERIES_DEFAULTS:
            theirs = getattr(series, name)
            if name in self.changed_data or self.cleaned_data.get(name) == theirs:
                continue
            self.cleaned_data[name] = theirs
            self.from_series.append(str(self.fields[name].label))

    def notes(self) -> list[str]:
        """Return what the organiser should know of the times, and of what the series gave."""
        if not self.from_series:
            return super().notes()
        given = _("Taken from the series: %(fields)s.") % {"fields": ", ".join(self.from_series)}
        return [*super().notes(), given]

    def told_words(self) -> list[str]:
        """Say that people hear of the new words, if they do; the form is valid."""
        is_new = {"title", "access_information"} & set(self.changed_data)
        if not self.cleaned_data.get("tells_words") or not is_new:
            return []
        return [_("Everybody who has a place is told of the new words in ten minutes.")]

    def clean_uid(self) -> UUID:
        """Return what tells a second click from a second webinar."""
        return self.cleaned_data["uid"] or uuid4()

    def clean_seen(self) -> datetime | None:
        """Return the moment of the last change that the organiser has seen."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    def plan(self) -> Plan:
        """Return what the form says; the form is valid."""
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})

    def explain(self, refusal: Exception, webinar: Webinar, now: datetime) -> None:
        """Say why the change was refused, and what to do."""
        if isinstance(refusal, PublishedTooLate):
            self._refuse_start(webinar, now)
        elif isinstance(refusal, SeatsTaken):
            self.refuse_seats(webinar.registrations.seated().count())
        else:
            self.warn_of_colleague(webinar)

    def _refuse_start(self, webinar: Webinar, now: datetime) -> None:
        """Say that the clock would publish the draft too late, and what to do."""
        when = zones.start_in_words(webinar.publish_at, webinar.time_zone, now)  # type: ignore[arg-type] # only a draft that waits
        words = _(
            "It is to be published %(when)s, and would have begun by then. Choose a later start, "
            "or first press “Do not publish it then” on its page."
        )
        self.add_error("held_on", words % {"when": when})

    def warn_of_colleague(self, webinar: Webinar) -> None:
        """Say that a colleague saved in between; saving once more writes over it."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data.setlist("seen", [version(webinar)])
        self.data = data
        self.follow_time(webinar)
        self.add_error(
            None,
            _(
                "A colleague has saved this webinar since you opened it. Look at it in another "
                "window first; saving here once more writes over what they changed. The time is "
                "theirs, unless you changed it here."
            ),
        )


class PublishForm(forms.Form):
    """Announce it now or later; what is missing has to be meant. `at` is a UTC instant or None."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[("now", gettext_lazy("Now")), ("later", gettext_lazy("At a time that I choose"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    day = forms.DateField(
        label=gettext_lazy("Date"), widget=DayInput(format="%Y-%m-%d"), required=False
    )
    clock = forms.TimeField(
        label=gettext_lazy("Time"), widget=ClockInput(format="%H:%M"), required=False
    )
    is_meant = forms.BooleanField(
        label=gettext_lazy("Publish it although something is missing"), required=False
    )

    def __init__(self, *args: Any, webinar: Webinar, gaps: list[Check], now: datetime) -> None:
        super().__init__(*args)
        self.webinar, self.gaps, self.now = webinar, gaps, now
        if not gaps:
            del self.fields["is_meant"]
        if webinar.was_held(now):  # nothing to wait for
            for name in ("when", "day", "clock"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Turn day and time into an instant of the webinar's zone, and hold it to its start."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["at"] = None
        if any(gap.is_required for gap in self.gaps):
            raise forms.ValidationError(
                _(
                    "Only a webinar with a time in the future, or one that was held, can be "
                    "published."
                )
            )
        if cleaned.get("when") == "later":
            self._read_time(cleaned)
        if self.gaps and not cleaned.get("is_meant"):
            self.add_error("is_meant", _("Mend what is missing, or say that it is meant."))
        return cleaned

    def _read_time(self, cleaned: dict[str, Any]) -> None:
        day, clock = cleaned.get("day"), cleaned.get("clock")
        if not day or not clock:
            self.add_error("clock" if day else "day", _("Say on which day and at what time."))
            return
        try:
            at = zones.instant(day, clock.hour, clock.minute, self.webinar.time_zone)
        except (zones.NoSuchTime, OverflowError):
            self.add_error("clock", _("The clocks skip this time on that day."))
            return
        if not self.now < at < (self.webinar.starts_at or self.now):
            self.add_error("day", _("Choose a time between now and the webinar's start."))
        cleaned["at"] = at


class CancelForm(forms.Form):
    """Why a webinar is called off, or put back on."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who has a place reads it."),
    )

    def __init__(self, *args: Any, webinar: Webinar) -> None:
        super().__init__(*args)
        if not webinar.is_announced:
            self.fields["reason"].help_text = _("Only organizers read it.")


def initial_of(webinar: Webinar) -> dict[str, Any]:
    """Return what the form shows of a webinar."""
    shown = {name: getattr(webinar, name) for name in _KEPT}
    more = {"topics": webinar.topics.all(), "seen": version(webinar)}
    return initial(webinar) | shown | more


def start_of(series: Series | None, like: Webinar | None) -> dict[str, Any]:
    """Return what a new webinar's form shows: a series' defaults, or all but dates and link."""
    if like is not None:
        shown = initial_of(like)
        for name in ("held_on", "start", "seen", "shown", "join_url"):
            shown.pop(name, None)
        return shown
    if series is not None:
        return {name: getattr(series, name) for name in SERIES_DEFAULTS} | {"series": series}
    return {}


def _new() -> dict[str, Any]:
    return {"uid": uuid4(), "visibility": Webinar.Visibility.PUBLIC}


def version(webinar: Webinar) -> str:
    """Return what tells one saved state of a webinar from the next."""
    return webinar.changed_at.isoformat()
