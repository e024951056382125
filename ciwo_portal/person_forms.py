"""What a person tells about themselves; allauth loads this for its sign-up form."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import profile
from accounts.models import User
from accounts.names import one_line
from accounts.zones import is_known
from ciwo_portal import time_zones
from events import zones


def _choices() -> list[tuple[str, Any]]:
    return [("", _("Choose your time zone")), *zones.US_ZONES.items()]


class ZoneField(forms.ChoiceField):
    """A time zone, never chosen beforehand; a script chooses the browser's, if it is open."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_choices, **{"label": _("Time zone")} | kwargs)
        self.widget.attrs["data-browser-zone"] = ""

    def valid_value(self, value: str) -> bool:
        """Whether there is such a zone; browsers know more than the list names."""
        return is_known(value)


class NameField(forms.CharField):
    """A person's name, on one line."""

    def __init__(self) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name"})
        super().__init__(label=_("Your name"), max_length=150, validators=[one_line], widget=widget)


class SignupForm(forms.Form):
    """The part of the sign-up form that is ours; allauth adds address and password."""

    name = NameField()
    time_zone = ZoneField(
        help_text=_("Pages and messages show times in it, and what can wait comes by day there.")
    )
    field_order = ["name", "email", "password1", "time_zone"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep name and zone; allauth calls this with the person it has just made."""
        profile.rename(person=user, name=self.cleaned_data["name"])
        time_zones.choose(person=user, time_zone=self.cleaned_data["time_zone"])


class PersonForm(forms.Form):
    """A person's name and time zone."""

    name = NameField()
    time_zone = ZoneField(help_text=_("Pages and messages show times in it, too."))

    def __init__(self, data: Any, *, person: User) -> None:
        said = {"time_zone": person.time_zone} if person.has_chosen_zone else {}
        super().__init__(data, initial={"name": person.name} | said)
        if person.time_zone not in zones.US_ZONES:
            own = (person.time_zone, zones.zone_name(person.time_zone))
            self.fields["time_zone"].choices = [*_choices(), own]  # type: ignore[attr-defined]


class ZoneForm(forms.Form):
    """A time zone that was chosen by one press."""

    time_zone = ZoneField()
