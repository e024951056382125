"""What an organiser says of a wave."""

from datetime import date, datetime, time
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenForm
from accounts.names import one_line
from agencies import states
from agencies.models import Agency, Community, Membership
from events import zones
from events.forms import ClockInput, DayInput
from surveys import wording
from surveys.fielding import Plan
from surveys.models import Response, Section, SharingLevel, Survey, Wave

MANY = {"data-many": True}  # a list that scrolls within the page


def _states() -> list[tuple[str, str]]:
    """Return the states that have agencies, by name."""
    codes = Agency.objects.order_by("state").values_list("state", flat=True).distinct()
    named = [(code, states.STATES[code].name if code in states.STATES else code) for code in codes]
    return sorted(named, key=lambda pair: pair[1])


def _levels(levels: list[SharingLevel]) -> list[tuple[str, str]]:
    """Return these levels with who sees what, as organisers read it."""
    return [(level.value, f"{level.label}: {wording.READERS[level]}") for level in levels]


class WaveForm(forms.Form):
    """Which instrument, from when to when, and which agencies are asked."""

    survey = forms.ModelChoiceField(
        label=gettext_lazy("Survey"), queryset=Survey.objects.order_by("title", "version", "pk")
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        validators=[one_line],
        help_text=gettext_lazy("For example: Practice survey 2027. The address is made of it."),
    )
    opens_on = forms.DateField(label=gettext_lazy("Opens on"), widget=DayInput(format="%Y-%m-%d"))
    opens_clock = forms.TimeField(
        label=gettext_lazy("Opens at"), widget=ClockInput(format="%H:%M"), initial=time(9)
    )
    closes_on = forms.DateField(label=gettext_lazy("Closes on"), widget=DayInput(format="%Y-%m-%d"))
    closes_clock = forms.TimeField(
        label=gettext_lazy("Closes at"), widget=ClockInput(format="%H:%M"), initial=time(17)
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones.US_ZONES.items)
    levels = forms.MultipleChoiceField(
        label=gettext_lazy("Agencies of these levels"),
        choices=Agency.Level.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Level, state and community narrow each other down."),
    )
    states = forms.MultipleChoiceField(
        label=gettext_lazy("Agencies in these states"),
        choices=_states,
        widget=forms.CheckboxSelectMultiple(attrs=MANY),
        required=False,
    )
    communities = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Agencies of these communities"),
        queryset=Community.objects.order_by("name", "pk"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agencies = forms.ModelMultipleChoiceField(
        label=gettext_lazy("And these agencies by name"),
        queryset=Agency.objects.order_by("state", "name", "pk"),
        widget=forms.CheckboxSelectMultiple(attrs=MANY),
        required=False,
    )
    widest_sharing = forms.ChoiceField(
        label=gettext_lazy("Who may see answers at most"),
        choices=lambda: _levels(SharingLevel.within(SharingLevel.PUBLIC)),
        widget=forms.RadioSelect,
        initial=SharingLevel.PUBLIC,
        help_text=gettext_lazy(
            "Answers begin at the level of their question, or at this one where it is narrower. "
            "Agencies can choose narrower levels, never a wider one. Once agencies have heard of "
            "it, it can be narrowed and not widened."
        ),
    )
    is_demo = forms.BooleanField(
        label=gettext_lazy("Ask demonstration agencies, to try it out"), required=False
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        """Turn days and times into instants, and find at least one agency."""
        cleaned: dict[str, Any] = super().clean() or {}
        for end in ("opens", "closes"):
            at = _instant(self, f"{end}_on", f"{end}_clock", cleaned.get("time_zone"))
            cleaned[f"{end}_at"] = at
        opens_at, closes_at = cleaned["opens_at"], cleaned["closes_at"]
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_on", _("The survey must close after it opens."))
        elif closes_at and closes_at <= self.now:
            self.add_error("closes_on", _("This day has passed. The survey must close later."))
        if not self.errors and not self.audience():
            self.add_error(None, _("No agency fits these choices. Choose the agencies to ask."))
        return cleaned

    @property
    def stamp(self) -> str:
        """Return what stands for what was looked at: the agencies, and who may read answers."""
        keys = ",".join(str(agency.pk) for agency in self.audience())
        said = f"{self.cleaned_data['survey'].pk}/{self.cleaned_data['widest_sharing']}/{keys}"
        return sha256(said.encode()).hexdigest()[:32]

    def audience(self) -> list[Agency]:
        """Return the agencies that are asked: those that fit, and those named."""
        data = self.cleaned_data
        fits = Agency.objects.filter(is_demo=data["is_demo"])
        narrowing = {
            "level__in": data["levels"],
            "state__in": data["states"],
            "communities__in": data["communities"],
        }
        narrowing = {name: wanted for name, wanted in narrowing.items() if wanted}
        found = fits.filter(**narrowing) if narrowing else fits.none()
        named = Agency.objects.filter(pk__in=[agency.pk for agency in data["agencies"]])
        asked = Agency.objects.filter(pk__in={*found.values_list("pk", flat=True)})
        somebody = Membership.objects.coordinating().filter(
            agency=OuterRef("pk"), person__is_active=True
        )
        found = (asked | named).annotate(has_coordinator=Exists(somebody))
        return list(found.order_by("state", "name", "pk"))

    def plan(self) -> Plan:
        """Return what the form says; the form is valid."""
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})


class ExtendForm(forms.Form):
    """A later closing time, in the wave's own zone."""

    closes_on = forms.DateField(
        label=gettext_lazy("New closing day"), widget=DayInput(format="%Y-%m-%d")
    )
    closes_clock = forms.TimeField(
        label=gettext_lazy("Closes at"), widget=ClockInput(format="%H:%M"), initial=time(17)
    )

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = wave.time_zone
        self.fields["closes_clock"].help_text = zones.zone_name(self.zone)

    def clean(self) -> dict[str, Any]:
        """Turn day and time into an instant."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["closes_at"] = _instant(self, "closes_on", "closes_clock", self.zone)
        return cleaned


class CapForm(forms.Form):
    """How widely the answers of a wave may be read from now on, and why."""

    widest = forms.TypedChoiceField(
        label=gettext_lazy("At most"), widget=forms.RadioSelect, coerce=SharingLevel
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=gettext_lazy(
            "The agencies' coordinators read this, by e-mail and in the survey."
        ),
    )

    def __init__(self, *args: Any, levels: list[SharingLevel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.TypedChoiceField, self.fields["widest"])
        field.choices = _levels(levels)


class WithdrawalForm(forms.Form):
    """Why something published is withdrawn: for everybody, and for organisers."""

    reason = forms.CharField(
        label=gettext_lazy("Why, in a sentence for readers"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text=gettext_lazy(
            "Everybody reads it where the figure was, on pages and in files. Name no agency, and "
            "do not say what could be learned. For example: The figure was published by mistake."
        ),
    )
    internal_reason = forms.CharField(
        label=gettext_lazy("Anything else, for organizers only"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


class MutualForm(SeenForm):
    """In which sections agencies give before they get."""

    sections = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Give to get in these sections"),
        queryset=Section.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelMultipleChoiceField, self.fields["sections"])  # type: ignore[type-arg] # no generic at run time
        field.initial = [*wave.mutual_sections.values_list("section", flat=True)]
        field.queryset = wave.survey.sections.order_by("position", "pk")


class ReopenForm(ExtendForm):
    """Why an agency may change what it has submitted, and until when if its time is over."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=gettext_lazy("The agency's coordinators read this, by e-mail and in the survey."),
    )
    field_order = ("reason", "closes_on", "closes_clock")

    def __init__(self, *args: Any, response: Response, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, wave=response.wave, **kwargs)
        self.asks_until = not response.is_open(now)
        if not self.asks_until:
            del self.fields["closes_on"], self.fields["closes_clock"]

    def clean(self) -> dict[str, Any]:
        """Turn day and time into an instant, if they are asked for."""
        return super().clean() if self.asks_until else self.cleaned_data | {"closes_at": None}


class CloseForm(forms.Form):
    """Why a survey closes before its time."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=gettext_lazy("Whoever still works on a response reads this by e-mail."),
    )


def _instant(form: forms.Form, day_field: str, clock_field: str, zone: str | None) -> Any:
    day: date | None = form.cleaned_data.get(day_field)
    clock: time | None = form.cleaned_data.get(clock_field)
    if day is None or clock is None or not zone:
        return None
    try:
        at: datetime = zones.instant(day, clock.hour, clock.minute, zone)
    except (zones.NoSuchTime, OverflowError):
        form.add_error(clock_field, _("The clocks skip this time on that day."))
        return None
    return at
