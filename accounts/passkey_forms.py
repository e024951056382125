"""allauth's forms of passkeys, for what is no passkey: they say so instead of falling over."""

from typing import Any

from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

NONSENSE = (ValueError, TypeError, LookupError, RecursionError)


class Credential(forms.JSONField):
    """What a browser says of a passkey; nested beyond all measure it is nothing."""

    def to_python(self, value: Any) -> Any:
        """Read it."""
        try:
            return super().to_python(value)
        except RecursionError:
            raise _refusal() from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show it again; nothing, where it could not be read."""
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return None


class AddForm(passkeys.AddWebAuthnForm):  # type: ignore[misc] # allauth has no types
    """Add a passkey."""

    credential = Credential(widget=forms.HiddenInput)

    def clean(self) -> Any:
        """Refuse what cannot be read."""
        try:
            return super().clean()
        except NONSENSE:
            raise _refusal() from None


class _Answering:
    def clean_credential(self) -> Any:
        """Refuse what cannot be read."""
        try:
            return super().clean_credential()  # type: ignore[misc] # of the form
        except NONSENSE:
            raise _refusal() from None


class LoginForm(_Answering, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """Sign in with a passkey."""

    credential = Credential(widget=forms.HiddenInput)


class ReauthenticateForm(_Answering, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Show with a passkey that it is still the same person."""

    credential = Credential(widget=forms.HiddenInput)


def _refusal() -> ValidationError:
    return ValidationError(_("This is no passkey that we can read. Try again."))
