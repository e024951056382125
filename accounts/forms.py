"""What we ask on sign-up besides the address and a password."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import one_line


class SignupForm(forms.Form):
    """The part of the sign-up form that is ours; allauth adds address and password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; allauth calls this with the person it has just made."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
