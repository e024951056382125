"""How people sign in."""

from typing import Any

import allauth.account.forms
from allauth.account.adapter import get_adapter
from allauth.core import context

from accounts import limits


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
