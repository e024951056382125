"""Hold the answers of somebody whose sign-in has ended, until that person has signed in again."""

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from accounts import holding
from accounts.holding import MOST, hold
from surveys.entries import Fields
from surveys.filling import Form

__all__ = ["MOST", "hold", "take"]


def take(request: HttpRequest) -> Form | None:
    """Return what was typed on this page before signing in, once, to the person who typed it."""
    fields = holding.take(request)
    return Form(Fields(fields), MultiValueDict()) if fields is not None else None
