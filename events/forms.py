"""What every form about a dated thing asks: a day, a time, a length and the zone they are in."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.names import one_line
from events import zones
from events.models import Event, is_day_over

TIMES = ("held_on", "start", "minutes", "time_zone")


class DayInput(forms.DateInput):
    input_type = "date"


class ClockInput(forms.TimeInput):
    input_type = "time"


class EventForm(forms.Form):
    """The part that webinars and sessions share; `starts_at` and `ends_at` are UTC instants.

    Given `now`, it asks before it takes a time in the past.
    """

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[one_line])
    summary = forms.CharField(
        label=gettext_lazy("Summary"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("One or two sentences. Lists and search results show them."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        widget=forms.Textarea,
        required=False,
        max_length=20000,
        help_text=gettext_lazy("Markdown: a blank line starts a paragraph, “- ” a list."),
    )
    held_on = forms.DateField(
        label=gettext_lazy("Date"),
        widget=DayInput(format="%Y-%m-%d"),
        validators=[MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2100, 1, 1))],
    )
    start = forms.TimeField(
        label=gettext_lazy("Starts at"),
        widget=ClockInput(format="%H:%M"),
        required=False,
        help_text=gettext_lazy("Leave it empty only where no more than a past day is on record."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), min_value=5, max_value=12 * 60, initial=75
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones.US_ZONES.items)
    capacity = forms.IntegerField(
        label=gettext_lazy("Seats"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("Leave empty for as many as want to come."),
    )
    join_url = forms.URLField(
        label=gettext_lazy("Join link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Only people with a place see it."),
    )

    # The time that the page showed: who leaves it alone does not move what a colleague moved.
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    is_past_meant = forms.BooleanField(label=gettext_lazy("Yes, it is in the past"), required=False)

    def __init__(self, *args: Any, now: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.comes_twice = False
        self.may_lack_hours = False  # as what is on record has none
        if now is None:
            del self.fields["is_past_meant"]

    def clean(self) -> dict[str, Any]:
        """Turn day, time and zone into instants, or say which of them cannot be."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, clock, zone = (cleaned.get(name) for name in ("held_on", "start", "time_zone"))
        if day and not clock and "start" not in self.errors:
            self._leave_hours_out(cleaned)
        if day and clock and zone and cleaned.get("minutes"):
            try:
                cleaned["starts_at"] = zones.instant(day, clock.hour, clock.minute, zone)
            except zones.NoSuchTime:
                self.add_error("start", _("The clocks skip this time on that day."))
            else:
                length = timedelta(minutes=cleaned["minutes"])
                cleaned["ends_at"] = cleaned["starts_at"] + length
                self.comes_twice = zones.comes_twice(day, clock.hour, clock.minute, zone)
                self._ask_about_the_past(cleaned)
        return cleaned

    def refuse_seats(self, taken: int) -> None:
        """Say that there cannot be fewer seats than are taken, and what to do."""
        words = ngettext(
            "%(taken)s seat is taken, and nobody loses one. Choose %(taken)s or more: with exactly "
            "as many, nobody else gets one.",
            "%(taken)s seats are taken, and nobody loses one. Choose %(taken)s or more: with "
            "exactly as many, nobody else gets one.",
            taken,
        )
        self.add_error("capacity", words % {"taken": taken})

    def move(self) -> str:
        """Return what tells one new time, zone and link from another; the form is valid."""
        names = ("starts_at", "ends_at", "time_zone", "join_url")
        return "/".join(str(self.cleaned_data.get(name)) for name in names)

    def notes(self) -> list[str]:
        """Return what the organiser should know of the times that were taken."""
        if not self.comes_twice:
            return []
        return [_("The clocks go back that night and this time comes twice: the first is meant.")]

    def follow_time(self, event: Event) -> None:
        """Show the event's time as it is now, unless another one was typed; the form is bound."""
        typed = {name: self.cleaned_data.get(name) for name in TIMES}
        if self.data.get("shown") != _in_one(typed):
            return
        now = initial(event)
        for name in TIMES:
            value = now.get(name)
            text = f"{value:%H:%M}" if isinstance(value, time) else str(value or "")
            self.data[name] = text  # type: ignore[index] # a copy, which changes
        self.data["shown"] = now["shown"]  # type: ignore[index] # the same

    def _leave_hours_out(self, cleaned: dict[str, Any]) -> None:
        """Keep the day alone, if it is over everywhere or has stood without hours before."""
        day = cleaned["held_on"]
        is_past = self.now is not None and is_day_over(day, self.now)
        stands = self.may_lack_hours and "held_on" not in self.changed_data
        if not is_past and not stands:
            self.add_error("start", self.fields["start"].error_messages["required"])
            return
        cleaned |= {"starts_at": None, "ends_at": None, "time_zone": ""}
        self._ask_about_the_past(cleaned)

    def _ask_about_the_past(self, cleaned: dict[str, Any]) -> None:
        asked = {"held_on", "start"} | ({"time_zone"} if cleaned["starts_at"] else set())
        is_new = asked & set(self.changed_data)
        if self.now is None or not is_new or cleaned.get("is_past_meant"):
            return
        if cleaned["starts_at"] is None or cleaned["starts_at"] <= self.now:
            question = _("This time is in the past. Change it, or say that it is right.")
            self.add_error("is_past_meant", question)


class MoveForm(forms.Form):
    """Why an event moves; needed when somebody reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, is_read: bool, reads: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_read
        self.fields["reason"].help_text = reads


def initial(event: Event) -> dict[str, Any]:
    """Return what the form shows of an event, in the event's own zone."""
    names = ("title", "summary", "description", "held_on", "time_zone")
    shown: dict[str, Any] = {name: getattr(event, name) for name in names}
    if event.starts_at and event.ends_at and event.zone:
        shown["start"] = event.starts_at.astimezone(event.zone).time()
        shown["minutes"] = int((event.ends_at - event.starts_at).total_seconds() // 60)
    return shown | {"shown": _in_one(shown)}


def _in_one(times: dict[str, Any]) -> str:
    return "/".join(str(times.get(name) or "") for name in TIMES)
