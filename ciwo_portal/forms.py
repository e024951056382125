"""What a person tells about themselves, and how they sign in."""

from typing import Any

import allauth.account.forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.models import User
from accounts.names import one_line
from events.zones import US_ZONES, zone_name


class PersonForm(forms.Form):
    """A person's name and time zone."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Pages and messages show times in it, too.")
    )

    def __init__(self, data: Any, *, person: User) -> None:
        super().__init__(data, initial={"name": person.name, "time_zone": person.time_zone})
        own = {person.time_zone: zone_name(person.time_zone)}
        choices = list((US_ZONES | own).items())
        self.fields["time_zone"].choices = choices  # type: ignore[attr-defined] # a ChoiceField


class LoginForm(allauth.account.forms.LoginForm):  # type: ignore[misc] # allauth has no types
    """Allauth's form, from the address straight to the password: the way out stands below it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class RequestLoginCodeForm(allauth.account.forms.RequestLoginCodeForm):  # type: ignore[misc] # no types
    """Allauth's form; codes are counted as wrong passwords are: strangers keep no owner out."""

    def clean_email(self) -> str:
        """Return the address if it may have another code."""
        email: str = self.cleaned_data["email"]
        if email and limits.count(context.request, "code_sent", email) is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        return str(super().clean_email())
